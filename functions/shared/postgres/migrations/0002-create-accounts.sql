-- email and username are kept as typed; the keys are their NFKC, lower-case forms, made by the function, and unique.
create table auth.accounts (
  id uuid constraint accounts_pkey primary key default uuidv7(),
  email text not null,
  email_key text not null constraint accounts_email_key_unique unique,
  username text not null,
  username_key text not null constraint accounts_username_key_unique unique,
  password_hash text not null,
  role text not null default 'user' constraint accounts_role_known check (role in ('user', 'moderator', 'admin')),
  created_at timestamptz not null default now()
);

create table auth.sessions (
  id uuid constraint sessions_pkey primary key default uuidv7(),
  account_id uuid not null constraint sessions_account_fkey references auth.accounts on delete cascade,
  client text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_account on auth.sessions (account_id, id);

-- Every token a session ever had, by SHA-256: one that was used before and comes back shows a theft.
create table auth.refresh_tokens (
  token_hash bytea constraint refresh_tokens_pkey primary key,
  session_id uuid not null constraint refresh_tokens_session_fkey references auth.sessions on delete cascade,
  issued_at timestamptz not null default now(),
  used_at timestamptz
);
create index refresh_tokens_session on auth.refresh_tokens (session_id);

-- What other functions may know of an account.
create view auth.account_names as select id, username, username_key from auth.accounts;
create view auth.account_details as select id, username, username_key, email, created_at from auth.accounts;
grant select on auth.account_names to iod_profile, iod_posts;
grant select on auth.account_details to iod_profile;
