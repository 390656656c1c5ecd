alter table auth.accounts
  add column email_verified_at timestamptz,
  add column suspended_at timestamptz,
  add column suspension_reason text;

-- What happened to an account, for its owner to read.
create table auth.events (
  id uuid constraint events_pkey primary key default uuidv7(),
  account_id uuid not null constraint events_account_fkey references auth.accounts on delete cascade,
  kind text not null,
  address text not null,
  client text not null,
  occurred_at timestamptz not null default now()
);
create index events_account on auth.events (account_id, id);
create index events_time on auth.events (occurred_at);

-- The slow-down of guesses while Redis is away. By a hash: there is a row for an address that has no account too.
create table auth.attempts (
  subject bytea constraint attempts_pkey primary key,
  tries integer not null,
  open_at timestamptz not null,
  last_at timestamptz not null
);
create index attempts_time on auth.attempts (last_at);

-- Mails that are still to be sent. No token is in here: it is made when the mail is sent.
-- account_id is null for a password reset, which is asked for by address, whether or not there is an account.
create table auth.outbox (
  id uuid constraint outbox_pkey primary key default uuidv7(),
  kind text not null,
  email text not null,
  account_id uuid constraint outbox_account_fkey references auth.accounts on delete cascade,
  created_at timestamptz not null default now(),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now()
);
create index outbox_due on auth.outbox (next_attempt_at);
create index outbox_account on auth.outbox (account_id);

-- One live token per account and purpose, by SHA-256; `email` is the address that it was sent to.
create table auth.email_tokens (
  account_id uuid constraint email_tokens_account_fkey references auth.accounts on delete cascade,
  purpose text constraint email_tokens_purpose_known check (purpose in ('verify_email', 'reset_password')),
  token_hash bytea not null constraint email_tokens_token_unique unique,
  email text not null,
  expires_at timestamptz not null,
  constraint email_tokens_pkey primary key (account_id, purpose)
);

create index sessions_expiry on auth.sessions (expires_at);
create index sessions_ended on auth.sessions (ended_at) where ended_at is not null;
