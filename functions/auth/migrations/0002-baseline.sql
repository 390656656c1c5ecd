create schema auth;
comment on schema auth is 'Accounts, sessions and emails. Other functions read it through the views granted to them.';
grant usage on schema auth to iod_auth, iod_profile, iod_posts;
alter default privileges in schema auth grant select, insert, update, delete on tables to iod_auth;

-- ---- Accounts

create table auth.accounts (
  id uuid constraint accounts_pkey primary key default uuidv7(),
  email text not null,
  email_key text not null constraint accounts_email_key_unique unique,
  username text not null,
  username_key text not null constraint accounts_username_key_unique unique,
  password_hash text not null,
  role text not null default 'user' constraint accounts_role_known check (role in ('user', 'moderator', 'admin')),
  created_at timestamptz not null default now(),
  email_verified_at timestamptz,
  suspended_at timestamptz,
  suspension_reason text
);
comment on column auth.accounts.email_key is 'NFKC, lower case; the function computes it.';
comment on column auth.accounts.username_key is 'NFKC, lower case; the function computes it.';

create view auth.account_names as select id, username, username_key from auth.accounts;
comment on view auth.account_names is 'What every function may know of an account.';
grant select on auth.account_names to iod_profile, iod_posts;

create view auth.account_details as select id, username, username_key, email, created_at from auth.accounts;
comment on view auth.account_details is 'What profile shows an account of itself.';
grant select on auth.account_details to iod_profile;

create table auth.events (
  id uuid constraint events_pkey primary key default uuidv7(),
  account_id uuid not null constraint events_account_fkey references auth.accounts on delete cascade,
  kind text not null,
  address text not null,
  client text not null,
  occurred_at timestamptz not null default now()
);
comment on table auth.events is 'The security history of an account, for its owner to read.';
create index events_account on auth.events (account_id, id);
create index events_time on auth.events (occurred_at);

create function auth.require_account() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  writer uuid;
begin
  execute format('select ($1).%I', tg_argv[0]) into writer using new;
  perform from auth.accounts where id = writer and suspended_at is null for key share;
  if not found then
    raise exception 'the account is gone or suspended' using errcode = 'IOD01';
  end if;
  return new;
end
$$;
comment on function auth.require_account is
'Rejects rows written for a deleted or suspended account, whose access token can outlive it by minutes. Writers share a
lock on the account''s row; a deletion waits for it and then removes what they wrote. A trigger, so that no statement of
any function can forget it.';
revoke execute on function auth.require_account from public;

-- ---- Usernames

create table auth.former_usernames (
  username_key text constraint former_usernames_pkey primary key,
  account_id uuid constraint former_usernames_account_fkey references auth.accounts on delete set null,
  held_until timestamptz not null
);
comment on table auth.former_usernames is
'Former usernames, held for their owner until held_until, also after the account is deleted: links to them remain.';
create index former_usernames_account on auth.former_usernames (account_id);
create index former_usernames_held on auth.former_usernames (held_until);
comment on index auth.former_usernames_held is 'Finds the expired holds to delete.';

create view auth.username_moves as
  select former.username_key, account.id as account_id, account.username
  from auth.former_usernames former
  join auth.accounts account on account.id = former.account_id
  where former.held_until > now();
comment on view auth.username_moves is 'The account that a former username redirects to.';
grant select on auth.username_moves to iod_profile;

create function auth.refuse_held_username() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if exists (
    select from auth.former_usernames former
    where former.username_key = new.username_key
      and former.account_id is distinct from new.id
      and former.held_until > now()
  ) then
    raise unique_violation using
      constraint = 'accounts_username_key_unique', message = 'the username is held for its former owner';
  end if;
  return null;
end
$$;
comment on function auth.refuse_held_username is
'Reports a held username as a taken one. Runs after the row is written: by then the unique index has waited for a
transaction that is giving the name up.';
create trigger accounts_refuse_held_username after insert or update of username_key on auth.accounts
  for each row execute function auth.refuse_held_username();

create function auth.change_username(
  changing_id uuid, new_username text, hold interval, max_held integer,
  out outcome text, out wait_seconds integer
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  new_key constant text := lower(normalize(new_username, nfkc));
  old_key text;
  held integer;
  first_free timestamptz;
begin
  select username_key into old_key from auth.accounts where id = changing_id for update;

  if old_key <> new_key then
    select count(*), min(held_until) into held, first_free
    from auth.former_usernames
    where account_id = changing_id and held_until > now() and username_key <> new_key;
    if held >= max_held then
      outcome := 'too_often';
      wait_seconds := ceil(extract(epoch from first_free - now()));
      return;
    end if;

    delete from auth.former_usernames where username_key = new_key and account_id = changing_id;
    insert into auth.former_usernames as former (username_key, account_id, held_until)
    values (old_key, changing_id, now() + hold)
    on conflict (username_key) do update
      set account_id = excluded.account_id, held_until = excluded.held_until;
  end if;

  update auth.accounts set username = new_username, username_key = new_key where id = changing_id;
  outcome := 'changed';
end
$$;
comment on function auth.change_username is
'Changes a username and holds the former one for `hold`. max_held bounds how many names one account can keep from others.';
revoke execute on function auth.change_username from public;
grant execute on function auth.change_username to iod_profile;

create function auth.rename_account(
  changing_id uuid, new_username text, hold interval, max_held integer, caller_address text, caller_client text,
  out outcome text, out wait_seconds integer
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select changed.outcome, changed.wait_seconds into outcome, wait_seconds
  from auth.change_username(changing_id, new_username, hold, max_held) changed;
  if outcome = 'changed' then
    insert into auth.events (account_id, kind, address, client)
    values (changing_id, 'username_changed', caller_address, caller_client);
  end if;
end
$$;
comment on function auth.rename_account is
'Changes a username and records an event: the one change that profile may make to an account.';
revoke execute on function auth.rename_account from public;
grant execute on function auth.rename_account to iod_profile;

-- ---- Sessions

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
create index sessions_expiry on auth.sessions (expires_at);
create index sessions_ended on auth.sessions (ended_at) where ended_at is not null;

create table auth.refresh_tokens (
  token_hash bytea constraint refresh_tokens_pkey primary key,
  session_id uuid not null constraint refresh_tokens_session_fkey references auth.sessions on delete cascade,
  issued_at timestamptz not null default now(),
  used_at timestamptz,
  reissues integer not null default 0
);
comment on table auth.refresh_tokens is
'Every refresh token of a session, by SHA-256. A used token that returns reveals a theft.';
comment on column auth.refresh_tokens.reissues is
'How often the token was exchanged again because its successor was never used: the response was lost.';
create index refresh_tokens_session on auth.refresh_tokens (session_id);

create table auth.revocations (
  session_id uuid constraint revocations_pkey primary key,
  revoked_at timestamptz not null default now()
);
comment on table auth.revocations is
'Ended sessions whose access tokens can still be valid. No foreign key: a deleted account''s sessions stay listed.';
create index revocations_time on auth.revocations (revoked_at);

create function auth.note_revocation() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into auth.revocations (session_id) values (old.id) on conflict (session_id) do nothing;
  return null;
end
$$;
comment on function auth.note_revocation is
'A trigger, so that no statement that ends or deletes sessions can forget the revocation.';
create trigger sessions_note_ended after update of ended_at on auth.sessions
  for each row when (old.ended_at is null and new.ended_at is not null) execute function auth.note_revocation();
create trigger sessions_note_deleted after delete on auth.sessions
  for each row when (old.ended_at is null) execute function auth.note_revocation();

create view auth.recent_revocations as
  select session_id, revoked_at from auth.revocations where revoked_at > now() - interval '20 minutes';
comment on view auth.recent_revocations is
'20 minutes: the lifetime of an access token (15 min) and the allowed difference between two clocks.';
grant select on auth.recent_revocations to iod_profile, iod_posts;

create table auth.attempts (
  subject bytea constraint attempts_pkey primary key,
  tries integer not null,
  open_at timestamptz not null,
  last_at timestamptz not null
);
comment on table auth.attempts is
'Throttles sign-in attempts while Redis is unavailable. Keyed by a hash, since addresses without an account count too.';
create index attempts_time on auth.attempts (last_at);

-- ---- Emails

create table auth.outbox (
  id uuid constraint outbox_pkey primary key default uuidv7(),
  kind text not null,
  email text not null,
  account_id uuid constraint outbox_account_fkey references auth.accounts on delete cascade,
  created_at timestamptz not null default now(),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now()
);
comment on table auth.outbox is 'Emails to send. Contains no token: tokens are created when the email is sent.';
comment on column auth.outbox.account_id is
'Null for a password reset, which is requested by address, whether or not an account has it.';
create index outbox_due on auth.outbox (next_attempt_at);
create index outbox_account on auth.outbox (account_id);

create table auth.email_tokens (
  account_id uuid constraint email_tokens_account_fkey references auth.accounts on delete cascade,
  purpose text constraint email_tokens_purpose_known check (purpose in ('verify_email', 'reset_password')),
  token_hash bytea not null constraint email_tokens_token_unique unique,
  email text not null,
  expires_at timestamptz not null,
  outbox_id uuid,
  constraint email_tokens_pkey primary key (account_id, purpose)
);
comment on table auth.email_tokens is 'One live token per account and purpose, by SHA-256.';
comment on column auth.email_tokens.email is 'The address that the token was sent to.';
comment on column auth.email_tokens.outbox_id is
'The email that carried the token: of two emails for one purpose, the link in the newest one works.';

create table auth.email_budgets (
  recipient bytea not null,
  purpose text not null,
  day date not null,
  emails integer not null,
  constraint email_budgets_pkey primary key (recipient, purpose, day)
);
comment on table auth.email_budgets is
'Emails sent to one mailbox per day, whoever caused them. The recipient is a hash of the address.';
create index email_budgets_day on auth.email_budgets (day);
