-- The schema as the migrations leave it, to read and to review; `make schema` writes it from a migrated database.
-- It is not run: a table stands with its triggers, before the functions that they call.

alter role iod_auth set idle_in_transaction_session_timeout=10s;
alter role iod_auth set jit=off;
alter role iod_auth set lock_timeout=1500ms;
alter role iod_auth set max_parallel_workers_per_gather=0;
alter role iod_auth set statement_timeout=1800ms;

alter role iod_posts set idle_in_transaction_session_timeout=10s;
alter role iod_posts set jit=off;
alter role iod_posts set lock_timeout=1500ms;
alter role iod_posts set max_parallel_workers_per_gather=0;
alter role iod_posts set statement_timeout=1800ms;

alter role iod_profile set idle_in_transaction_session_timeout=10s;
alter role iod_profile set jit=off;
alter role iod_profile set lock_timeout=1500ms;
alter role iod_profile set max_parallel_workers_per_gather=0;
alter role iod_profile set statement_timeout=1800ms;


-- ---- public

-- standard public schema
create schema public;
create extension pg_stat_statements schema public;

create table public.migrations (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migrations_pkey PRIMARY KEY (number)
);


-- ---- auth

-- Accounts, sessions and emails. Other functions read it through the views granted to them.
create schema auth;
grant usage on schema auth to iod_auth;
grant usage on schema auth to iod_posts;
grant usage on schema auth to iod_profile;
alter default privileges in schema auth grant delete, insert, select, update on tables to iod_auth;

create table auth.accounts (
  id uuid not null default uuidv7(),
  email text not null,
  -- NFKC, lower case; the function computes it.
  email_key text not null,
  username text not null,
  -- NFKC, lower case; the function computes it.
  username_key text not null,
  password_hash text not null,
  role text not null default 'user'::text,
  created_at timestamp with time zone not null default now(),
  email_verified_at timestamp with time zone,
  suspended_at timestamp with time zone,
  suspension_reason text,
  constraint accounts_pkey PRIMARY KEY (id),
  constraint accounts_email_key_unique UNIQUE (email_key),
  constraint accounts_username_key_unique UNIQUE (username_key),
  constraint accounts_role_known CHECK (role = ANY (ARRAY['user'::text, 'moderator'::text, 'admin'::text]))
);
CREATE TRIGGER accounts_refuse_held_username AFTER INSERT OR UPDATE OF username_key ON auth.accounts FOR EACH ROW EXECUTE FUNCTION auth.refuse_held_username();
grant delete, insert, select, update on auth.accounts to iod_auth;

-- Throttles sign-in attempts while Redis is unavailable. Keyed by a hash, since addresses without an account count too.
create table auth.attempts (
  subject bytea not null,
  tries integer not null,
  open_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint attempts_pkey PRIMARY KEY (subject)
);
CREATE INDEX attempts_time ON auth.attempts USING btree (last_at);
grant delete, insert, select, update on auth.attempts to iod_auth;

-- Emails sent to one mailbox per day, whoever caused them. The recipient is a hash of the address.
create table auth.email_budgets (
  recipient bytea not null,
  purpose text not null,
  day date not null,
  emails integer not null,
  constraint email_budgets_pkey PRIMARY KEY (recipient, purpose, day)
);
CREATE INDEX email_budgets_day ON auth.email_budgets USING btree (day);
grant delete, insert, select, update on auth.email_budgets to iod_auth;

-- One live token per account and purpose, by SHA-256.
create table auth.email_tokens (
  account_id uuid not null,
  purpose text not null,
  token_hash bytea not null,
  -- The address that the token was sent to.
  email text not null,
  expires_at timestamp with time zone not null,
  -- The email that carried the token: of two emails for one purpose, the link in the newest one works.
  outbox_id uuid,
  constraint email_tokens_pkey PRIMARY KEY (account_id, purpose),
  constraint email_tokens_token_unique UNIQUE (token_hash),
  constraint email_tokens_account_fkey FOREIGN KEY (account_id) REFERENCES auth.accounts(id) ON DELETE CASCADE,
  constraint email_tokens_purpose_known CHECK (purpose = ANY (ARRAY['verify_email'::text, 'reset_password'::text]))
);
grant delete, insert, select, update on auth.email_tokens to iod_auth;

-- The security history of an account, for its owner to read.
create table auth.events (
  id uuid not null default uuidv7(),
  account_id uuid not null,
  kind text not null,
  address text not null,
  client text not null,
  occurred_at timestamp with time zone not null default now(),
  constraint events_pkey PRIMARY KEY (id),
  constraint events_account_fkey FOREIGN KEY (account_id) REFERENCES auth.accounts(id) ON DELETE CASCADE
);
CREATE INDEX events_account ON auth.events USING btree (account_id, id);
CREATE INDEX events_time ON auth.events USING btree (occurred_at);
grant delete, insert, select, update on auth.events to iod_auth;

-- Former usernames, held for their owner until held_until, also after the account is deleted: links to them remain.
create table auth.former_usernames (
  username_key text not null,
  account_id uuid,
  held_until timestamp with time zone not null,
  constraint former_usernames_pkey PRIMARY KEY (username_key),
  constraint former_usernames_account_fkey FOREIGN KEY (account_id) REFERENCES auth.accounts(id) ON DELETE SET NULL
);
CREATE INDEX former_usernames_account ON auth.former_usernames USING btree (account_id);
-- Finds the expired holds to delete.
CREATE INDEX former_usernames_held ON auth.former_usernames USING btree (held_until);
grant delete, insert, select, update on auth.former_usernames to iod_auth;

-- Emails to send. Contains no token: tokens are created when the email is sent.
create table auth.outbox (
  id uuid not null default uuidv7(),
  kind text not null,
  email text not null,
  -- Null for a password reset, which is requested by address, whether or not an account has it.
  account_id uuid,
  created_at timestamp with time zone not null default now(),
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone not null default now(),
  constraint outbox_pkey PRIMARY KEY (id),
  constraint outbox_account_fkey FOREIGN KEY (account_id) REFERENCES auth.accounts(id) ON DELETE CASCADE
);
CREATE INDEX outbox_account ON auth.outbox USING btree (account_id);
CREATE INDEX outbox_due ON auth.outbox USING btree (next_attempt_at);
grant delete, insert, select, update on auth.outbox to iod_auth;

-- Every refresh token of a session, by SHA-256. A used token that returns reveals a theft.
create table auth.refresh_tokens (
  token_hash bytea not null,
  session_id uuid not null,
  issued_at timestamp with time zone not null default now(),
  used_at timestamp with time zone,
  -- How often the token was exchanged again because its successor was never used: the response was lost.
  reissues integer not null default 0,
  constraint refresh_tokens_pkey PRIMARY KEY (token_hash),
  constraint refresh_tokens_session_fkey FOREIGN KEY (session_id) REFERENCES auth.sessions(id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_session ON auth.refresh_tokens USING btree (session_id);
grant delete, insert, select, update on auth.refresh_tokens to iod_auth;

-- Ended sessions whose access tokens can still be valid. No foreign key: a deleted account's sessions stay listed.
create table auth.revocations (
  session_id uuid not null,
  revoked_at timestamp with time zone not null default now(),
  constraint revocations_pkey PRIMARY KEY (session_id)
);
CREATE INDEX revocations_time ON auth.revocations USING btree (revoked_at);
grant delete, insert, select, update on auth.revocations to iod_auth;

create table auth.sessions (
  id uuid not null default uuidv7(),
  account_id uuid not null,
  client text not null,
  created_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_account_fkey FOREIGN KEY (account_id) REFERENCES auth.accounts(id) ON DELETE CASCADE
);
CREATE INDEX sessions_account ON auth.sessions USING btree (account_id, id);
CREATE INDEX sessions_ended ON auth.sessions USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX sessions_expiry ON auth.sessions USING btree (expires_at);
CREATE TRIGGER sessions_note_deleted AFTER DELETE ON auth.sessions FOR EACH ROW WHEN ((old.ended_at IS NULL)) EXECUTE FUNCTION auth.note_revocation();
CREATE TRIGGER sessions_note_ended AFTER UPDATE OF ended_at ON auth.sessions FOR EACH ROW WHEN (((old.ended_at IS NULL) AND (new.ended_at IS NOT NULL))) EXECUTE FUNCTION auth.note_revocation();
grant delete, insert, select, update on auth.sessions to iod_auth;

-- What profile shows an account of itself.
create view auth.account_details as
 SELECT id,
    username,
    username_key,
    email,
    created_at
   FROM auth.accounts;
grant delete, insert, select, update on auth.account_details to iod_auth;
grant select on auth.account_details to iod_profile;

-- What every function may know of an account.
create view auth.account_names as
 SELECT id,
    username,
    username_key
   FROM auth.accounts;
grant delete, insert, select, update on auth.account_names to iod_auth;
grant select on auth.account_names to iod_posts;
grant select on auth.account_names to iod_profile;

-- 20 minutes: the lifetime of an access token (15 min) and the allowed difference between two clocks.
create view auth.recent_revocations as
 SELECT session_id,
    revoked_at
   FROM auth.revocations
  WHERE revoked_at > (now() - '00:20:00'::interval);
grant delete, insert, select, update on auth.recent_revocations to iod_auth;
grant select on auth.recent_revocations to iod_posts;
grant select on auth.recent_revocations to iod_profile;

-- The account that a former username redirects to.
create view auth.username_moves as
 SELECT former.username_key,
    account.id AS account_id,
    account.username
   FROM auth.former_usernames former
     JOIN auth.accounts account ON account.id = former.account_id
  WHERE former.held_until > now();
grant delete, insert, select, update on auth.username_moves to iod_auth;
grant select on auth.username_moves to iod_profile;

-- Changes a username and holds the former one for `hold`. max_held bounds how many names one account can keep from others.
CREATE OR REPLACE FUNCTION auth.change_username(changing_id uuid, new_username text, hold interval, max_held integer, OUT outcome text, OUT wait_seconds integer)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  new_key constant text := lower(normalize(new_username, nfkc) collate "C");
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
$function$;
revoke execute on function auth.change_username(uuid,text,interval,integer) from public;

-- Locks an account as a new username does, before one of its rows is locked; false if it is gone.
CREATE OR REPLACE FUNCTION auth.lock_account(account uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from auth.accounts where id = account for update;
  return found;
end
$function$;
revoke execute on function auth.lock_account(uuid) from public;
grant execute on function auth.lock_account(uuid) to iod_profile;

-- A trigger, so that no statement that ends or deletes sessions can forget the revocation.
CREATE OR REPLACE FUNCTION auth.note_revocation()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into auth.revocations (session_id) values (old.id) on conflict (session_id) do nothing;
  return null;
end
$function$;

-- Reports a held username as a taken one. Runs after the row is written: by then the unique index has waited for a
-- transaction that is giving the name up.
CREATE OR REPLACE FUNCTION auth.refuse_held_username()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
$function$;

-- Changes a username and records an event: the one change that profile may make to an account.
CREATE OR REPLACE FUNCTION auth.rename_account(changing_id uuid, new_username text, hold interval, max_held integer, caller_address text, caller_client text, OUT outcome text, OUT wait_seconds integer)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  select changed.outcome, changed.wait_seconds into outcome, wait_seconds
  from auth.change_username(changing_id, new_username, hold, max_held) changed;
  if outcome = 'changed' then
    insert into auth.events (account_id, kind, address, client)
    values (changing_id, 'username_changed', caller_address, caller_client);
  end if;
end
$function$;
revoke execute on function auth.rename_account(uuid,text,interval,integer,text,text) from public;
grant execute on function auth.rename_account(uuid,text,interval,integer,text,text) to iod_profile;

-- Rejects rows written for a deleted or suspended account, whose access token can outlive it by minutes. Writers share a
-- lock on the account's row; a deletion waits for it and then removes what they wrote. A trigger, so that no statement of
-- any function can forget it.
CREATE OR REPLACE FUNCTION auth.require_account()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  writer uuid;
begin
  case tg_argv[0]
    when 'author_id' then writer := new.author_id;
    when 'account_id' then writer := new.account_id;
    when 'follower_id' then writer := new.follower_id;
  end case;
  perform from auth.accounts where id = writer and suspended_at is null for key share;
  if not found then
    raise exception 'the account is gone or suspended' using errcode = 'IOD01';
  end if;
  return new;
end
$function$;
revoke execute on function auth.require_account() from public;

-- Locks an account against its deletion and a new username, before one of its rows is locked; false if it is gone.
CREATE OR REPLACE FUNCTION auth.share_account(account uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from auth.accounts where id = account for key share;
  return found;
end
$function$;
revoke execute on function auth.share_account(uuid) from public;
grant execute on function auth.share_account(uuid) to iod_posts;
grant execute on function auth.share_account(uuid) to iod_profile;


-- ---- posts

-- Posts, comments and favorites. Everything of a post is partitioned by its author: see docs/data-model.md. No table refers
-- to auth.accounts, so that posts can stay when their author's account is deleted; posts.erase_author deletes an account.
create schema posts;
grant usage on schema posts to iod_auth;
grant usage on schema posts to iod_posts;
grant usage on schema posts to iod_profile;
alter default privileges in schema posts grant delete, insert, select, update on tables to iod_posts;
create extension pg_trgm schema posts;
create extension unaccent schema posts;

create text search configuration posts.ca (parser = 3722);
alter text search configuration posts.ca add mapping for asciiword, hword_asciipart, asciihword with catalan_stem;
alter text search configuration posts.ca add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.ca add mapping for word, hword_part, hword with posts.unaccent, catalan_stem;

create text search configuration posts.da (parser = 3722);
alter text search configuration posts.da add mapping for asciiword, hword_asciipart, asciihword with danish_stem;
alter text search configuration posts.da add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.da add mapping for word, hword_part, hword with posts.unaccent, danish_stem;

create text search configuration posts.de (parser = 3722);
alter text search configuration posts.de add mapping for asciiword, hword_asciipart, asciihword with german_stem;
alter text search configuration posts.de add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.de add mapping for word, hword_part, hword with posts.unaccent, german_stem;

create text search configuration posts.el (parser = 3722);
alter text search configuration posts.el add mapping for asciiword, hword_asciipart, asciihword with greek_stem;
alter text search configuration posts.el add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.el add mapping for word, hword_part, hword with posts.unaccent, greek_stem;

create text search configuration posts.en (parser = 3722);
alter text search configuration posts.en add mapping for asciiword, hword_asciipart, asciihword with english_stem;
alter text search configuration posts.en add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.en add mapping for word, hword_part, hword with posts.unaccent, english_stem;

create text search configuration posts.es (parser = 3722);
alter text search configuration posts.es add mapping for asciiword, hword_asciipart, asciihword with spanish_stem;
alter text search configuration posts.es add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.es add mapping for word, hword_part, hword with posts.unaccent, spanish_stem;

create text search configuration posts.fi (parser = 3722);
alter text search configuration posts.fi add mapping for asciiword, hword_asciipart, asciihword with finnish_stem;
alter text search configuration posts.fi add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.fi add mapping for word, hword_part, hword with posts.unaccent, finnish_stem;

create text search configuration posts.fr (parser = 3722);
alter text search configuration posts.fr add mapping for asciiword, hword_asciipart, asciihword with french_stem;
alter text search configuration posts.fr add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.fr add mapping for word, hword_part, hword with posts.unaccent, french_stem;

create text search configuration posts.hu (parser = 3722);
alter text search configuration posts.hu add mapping for asciiword, hword_asciipart, asciihword with hungarian_stem;
alter text search configuration posts.hu add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.hu add mapping for word, hword_part, hword with posts.unaccent, hungarian_stem;

create text search configuration posts.id (parser = 3722);
alter text search configuration posts.id add mapping for asciiword, hword_asciipart, asciihword with indonesian_stem;
alter text search configuration posts.id add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.id add mapping for word, hword_part, hword with posts.unaccent, indonesian_stem;

create text search configuration posts.it (parser = 3722);
alter text search configuration posts.it add mapping for asciiword, hword_asciipart, asciihword with italian_stem;
alter text search configuration posts.it add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.it add mapping for word, hword_part, hword with posts.unaccent, italian_stem;

create text search configuration posts.lt (parser = 3722);
alter text search configuration posts.lt add mapping for asciiword, hword_asciipart, asciihword with lithuanian_stem;
alter text search configuration posts.lt add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.lt add mapping for word, hword_part, hword with posts.unaccent, lithuanian_stem;

create text search configuration posts.nl (parser = 3722);
alter text search configuration posts.nl add mapping for asciiword, hword_asciipart, asciihword with dutch_stem;
alter text search configuration posts.nl add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.nl add mapping for word, hword_part, hword with posts.unaccent, dutch_stem;

create text search configuration posts.no (parser = 3722);
alter text search configuration posts.no add mapping for asciiword, hword_asciipart, asciihword with norwegian_stem;
alter text search configuration posts.no add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.no add mapping for word, hword_part, hword with posts.unaccent, norwegian_stem;

create text search configuration posts.other (parser = 3722);
alter text search configuration posts.other add mapping for asciiword, numword, email, url, host, sfloat, version, hword_numpart, hword_asciipart, numhword, asciihword, url_path, file, float, int, uint with simple;
alter text search configuration posts.other add mapping for word, hword_part, hword with posts.unaccent, simple;

create text search configuration posts.pt (parser = 3722);
alter text search configuration posts.pt add mapping for asciiword, hword_asciipart, asciihword with portuguese_stem;
alter text search configuration posts.pt add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.pt add mapping for word, hword_part, hword with posts.unaccent, portuguese_stem;

create text search configuration posts.ro (parser = 3722);
alter text search configuration posts.ro add mapping for asciiword, hword_asciipart, asciihword with romanian_stem;
alter text search configuration posts.ro add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.ro add mapping for word, hword_part, hword with posts.unaccent, romanian_stem;

create text search configuration posts.ru (parser = 3722);
alter text search configuration posts.ru add mapping for asciiword, hword_asciipart, asciihword with english_stem;
alter text search configuration posts.ru add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.ru add mapping for word, hword_part, hword with posts.unaccent, russian_stem;

create text search configuration posts.sr (parser = 3722);
alter text search configuration posts.sr add mapping for asciiword, hword_asciipart, asciihword with serbian_stem;
alter text search configuration posts.sr add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.sr add mapping for word, hword_part, hword with posts.unaccent, serbian_stem;

create text search configuration posts.sv (parser = 3722);
alter text search configuration posts.sv add mapping for asciiword, hword_asciipart, asciihword with swedish_stem;
alter text search configuration posts.sv add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.sv add mapping for word, hword_part, hword with posts.unaccent, swedish_stem;

create text search configuration posts.tr (parser = 3722);
alter text search configuration posts.tr add mapping for asciiword, hword_asciipart, asciihword with turkish_stem;
alter text search configuration posts.tr add mapping for numword, email, url, host, sfloat, version, hword_numpart, numhword, url_path, file, float, int, uint with simple;
alter text search configuration posts.tr add mapping for word, hword_part, hword with posts.unaccent, turkish_stem;

create table posts.author_totals (
  account_id uuid not null,
  published integer not null,
  constraint author_totals_pkey PRIMARY KEY (account_id)
) with (fillfactor=70);
grant delete, insert, select, update on posts.author_totals to iod_posts;

create table posts.comments (
  author_id uuid not null,
  post_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid,
  -- Who wrote it; null once that account is deleted.
  account_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default posts.now_ms(),
  updated_at timestamp(3) with time zone not null default posts.now_ms(),
  -- A deleted comment with replies stays, empty.
  deleted_at timestamp(3) with time zone,
  body text not null,
  html text not null,
  constraint comments_pkey PRIMARY KEY (author_id, post_id, id),
  constraint comments_parent_fkey FOREIGN KEY (author_id, post_id, parent_id) REFERENCES posts.comments(author_id, post_id, id),
  constraint comments_post_fkey FOREIGN KEY (author_id, post_id) REFERENCES posts.posts(author_id, id) ON DELETE CASCADE
);
CREATE INDEX comments_of_account ON posts.comments USING btree (account_id, id) WHERE (account_id IS NOT NULL);
CREATE INDEX comments_of_parent ON posts.comments USING btree (author_id, post_id, parent_id, id);
CREATE TRIGGER comments_clear_parents AFTER DELETE ON posts.comments REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION posts.remove_empty_parents();
CREATE TRIGGER comments_count_changed AFTER UPDATE ON posts.comments REFERENCING OLD TABLE AS former NEW TABLE AS present FOR EACH STATEMENT EXECUTE FUNCTION posts.count_comments();
CREATE TRIGGER comments_count_gone AFTER DELETE ON posts.comments REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION posts.count_comments();
CREATE TRIGGER comments_count_new AFTER INSERT ON posts.comments REFERENCING NEW TABLE AS present FOR EACH STATEMENT EXECUTE FUNCTION posts.count_comments();
CREATE TRIGGER comments_require_account BEFORE INSERT ON posts.comments FOR EACH ROW EXECUTE FUNCTION auth.require_account('account_id');
CREATE TRIGGER comments_require_account_to_change BEFORE UPDATE ON posts.comments FOR EACH ROW WHEN (((new.version <> old.version) AND (new.deleted_at IS NULL))) EXECUTE FUNCTION auth.require_account('account_id');
grant delete, insert, select, update on posts.comments to iod_posts;

-- Changes that author_totals and tags do not include yet: writers of one tag or one author would wait for each other's
-- commit. Readers add them; posts applies them after its writes, many at a time.
create table posts.count_changes (
  id uuid not null default uuidv7(),
  author_id uuid not null,
  change integer not null,
  tags text[] not null,
  constraint count_changes_pkey PRIMARY KEY (id)
);
CREATE INDEX count_changes_of_author ON posts.count_changes USING btree (author_id);
grant delete, insert, select, update on posts.count_changes to iod_posts;

create table posts.emptied_comments (
  author_id uuid not null,
  post_id uuid not null,
  id uuid not null,
  constraint emptied_comments_pkey PRIMARY KEY (author_id, post_id, id)
);
grant delete, insert, select, update on posts.emptied_comments to iod_posts;

-- What remains to be erased of deleted accounts. A row outlives the account's access tokens, so that what the last one wrote
-- is erased too.
create table posts.erasures (
  account_id uuid not null,
  mode text not null,
  requested_at timestamp(3) with time zone not null default posts.now_ms(),
  constraint erasures_pkey PRIMARY KEY (account_id)
);
grant delete, insert, select, update on posts.erasures to iod_posts;

create table posts.favorites (
  author_id uuid not null,
  post_id uuid not null,
  account_id uuid not null,
  id uuid not null default uuidv7(),
  constraint favorites_pkey PRIMARY KEY (author_id, post_id, account_id),
  constraint favorites_post_fkey FOREIGN KEY (author_id, post_id) REFERENCES posts.posts(author_id, id) ON DELETE CASCADE
);
CREATE INDEX favorites_of_account ON posts.favorites USING btree (account_id, id DESC) INCLUDE (author_id, post_id);
CREATE TRIGGER favorites_count_gone AFTER DELETE ON posts.favorites REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION posts.count_favorites();
CREATE TRIGGER favorites_count_new AFTER INSERT ON posts.favorites REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION posts.count_favorites();
CREATE TRIGGER favorites_require_account BEFORE INSERT ON posts.favorites FOR EACH ROW EXECUTE FUNCTION auth.require_account('account_id');
grant delete, insert, select, update on posts.favorites to iod_posts;

-- The first response to a request with an Idempotency-Key, written by the transaction whose effect it reports. author_id is
-- the author of the posts affected, so that both are in one partition.
create table posts.idempotency_keys (
  author_id uuid not null,
  account_id uuid not null,
  key text not null,
  request_hash bytea not null,
  answer jsonb,
  created_at timestamp(3) with time zone not null default posts.now_ms(),
  constraint idempotency_keys_pkey PRIMARY KEY (author_id, account_id, key)
);
CREATE INDEX idempotency_keys_account ON posts.idempotency_keys USING btree (account_id);
CREATE INDEX idempotency_keys_age ON posts.idempotency_keys USING btree (created_at);
grant delete, insert, select, update on posts.idempotency_keys to iod_posts;

-- What others do to a post, apart from the post: its row is wide and in many indexes, and need not change.
create table posts.post_counts (
  author_id uuid not null,
  post_id uuid not null,
  favorites integer not null default 0,
  comments integer not null default 0,
  published_at timestamp(3) with time zone,
  constraint post_counts_pkey PRIMARY KEY (author_id, post_id),
  constraint post_counts_post_fkey FOREIGN KEY (author_id, post_id) REFERENCES posts.posts(author_id, id) ON DELETE CASCADE
) with (fillfactor=80);
CREATE INDEX post_counts_by_favorites ON posts.post_counts USING btree (favorites DESC, published_at DESC, post_id DESC) WHERE (published_at IS NOT NULL);
CREATE INDEX post_counts_of_author ON posts.post_counts USING btree (author_id, favorites DESC, published_at DESC, post_id DESC) WHERE (published_at IS NOT NULL);
grant delete, insert, select, update on posts.post_counts to iod_posts;

-- The tags of published posts, with the columns that their lists are ordered by.
create table posts.post_tags (
  author_id uuid not null,
  post_id uuid not null,
  tag text not null,
  published_at timestamp(3) with time zone not null,
  favorites integer not null default 0,
  language text,
  constraint post_tags_pkey PRIMARY KEY (author_id, post_id, tag),
  constraint post_tags_post_fkey FOREIGN KEY (author_id, post_id) REFERENCES posts.posts(author_id, id) ON DELETE CASCADE
) with (fillfactor=80);
CREATE INDEX post_tags_by_favorites ON posts.post_tags USING btree (tag, favorites DESC, published_at DESC, post_id DESC);
CREATE INDEX post_tags_by_language ON posts.post_tags USING btree (tag, language, published_at DESC, post_id DESC) WHERE (language IS NOT NULL);
CREATE INDEX post_tags_by_time ON posts.post_tags USING btree (tag, published_at DESC, post_id DESC);
CREATE INDEX post_tags_of_author ON posts.post_tags USING btree (author_id, tag, published_at DESC, post_id DESC);
grant delete, insert, select, update on posts.post_tags to iod_posts;

create table posts.posts (
  author_id uuid not null,
  id uuid not null default uuidv7(),
  version integer not null default 1,
  slug text not null,
  -- A scheduled post is a published one whose published_at has not come yet.
  state text not null,
  -- Whether the counters include the post; they include a scheduled post only later.
  is_counted boolean not null default false,
  comments_open boolean not null default true,
  reading_minutes integer not null,
  created_at timestamp(3) with time zone not null default posts.now_ms(),
  updated_at timestamp(3) with time zone not null default posts.now_ms(),
  published_at timestamp(3) with time zone,
  title text not null,
  language text,
  tags text[] not null default '{}'::text[],
  summary text,
  excerpt text not null,
  cover_image_url text,
  canonical_url text,
  body text not null,
  html text not null,
  search tsvector not null generated always as (posts.search_vector(language, title, summary, tags, body)) stored,
  constraint posts_pkey PRIMARY KEY (author_id, id),
  constraint posts_published_at_known CHECK (state <> 'published'::text OR published_at IS NOT NULL),
  constraint posts_state_known CHECK (state = ANY (ARRAY['draft'::text, 'published'::text, 'archived'::text]))
);
CREATE INDEX posts_by_author ON posts.posts USING btree (author_id, published_at DESC, id DESC) WHERE (state = 'published'::text);
CREATE INDEX posts_by_author_and_language ON posts.posts USING btree (author_id, language, published_at DESC, id DESC) WHERE ((state = 'published'::text) AND (language IS NOT NULL));
CREATE INDEX posts_by_language ON posts.posts USING btree (language, published_at DESC, id DESC) WHERE (state = 'published'::text);
CREATE INDEX posts_by_time ON posts.posts USING btree (published_at DESC, id DESC) WHERE (state = 'published'::text);
-- Finds posts by words together with filters and a period: a search reads none that one of these excludes.
CREATE INDEX posts_searched ON posts.posts USING gin (search, tags, (ARRAY[author_id]), (ARRAY[language]), posts.days_of(published_at)) WITH (gin_pending_list_limit='64') WHERE (state = 'published'::text);
-- Scheduled posts, and those whose time has come since: few, whatever the number of posts.
CREATE INDEX posts_uncounted ON posts.posts USING btree (published_at, author_id) WHERE ((state = 'published'::text) AND (NOT is_counted));
-- Drafts and archived posts of an author.
CREATE INDEX posts_unpublished ON posts.posts USING btree (author_id, state, id DESC) WHERE (state <> 'published'::text);
CREATE TRIGGER posts_copy_language AFTER UPDATE OF language ON posts.posts FOR EACH ROW WHEN ((old.language IS DISTINCT FROM new.language)) EXECUTE FUNCTION posts.copy_language_to_tags();
CREATE TRIGGER posts_decide_counted BEFORE INSERT OR UPDATE ON posts.posts FOR EACH ROW EXECUTE FUNCTION posts.decide_counted();
CREATE TRIGGER posts_note_changed AFTER UPDATE ON posts.posts REFERENCING OLD TABLE AS former NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION posts.note_changed_posts();
CREATE TRIGGER posts_note_gone AFTER DELETE ON posts.posts REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION posts.note_gone_posts();
CREATE TRIGGER posts_note_new AFTER INSERT ON posts.posts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION posts.note_new_posts();
CREATE TRIGGER posts_require_account BEFORE INSERT ON posts.posts FOR EACH ROW EXECUTE FUNCTION auth.require_account('author_id');
CREATE TRIGGER posts_require_account_to_change BEFORE UPDATE ON posts.posts FOR EACH ROW WHEN ((new.version <> old.version)) EXECUTE FUNCTION auth.require_account('author_id');
CREATE TRIGGER posts_retire_slug AFTER UPDATE OF slug ON posts.posts FOR EACH ROW WHEN ((old.slug <> new.slug)) EXECUTE FUNCTION posts.retire_slug();
grant delete, insert, select, update on posts.posts to iod_posts;

-- Posts to index again after a migration has changed search_vector; until then they are found by their former index. The
-- migration inserts all posts here; the Job reindexes them after the last migration in transactions of 100 (0.5 ms each,
-- 20 ms for 100 kB), so that writers wait for one batch at most. The next Job continues an interrupted one.
create table posts.search_backlog (
  author_id uuid not null,
  post_id uuid not null,
  constraint search_backlog_pkey PRIMARY KEY (author_id, post_id)
);
grant delete, insert, select, update on posts.search_backlog to iod_posts;

-- Current and former slugs. A table of its own, because a unique constraint on posts must contain the partition key. The
-- foreign key is deferred: a transaction claims the slug before it writes the post.
create table posts.slugs (
  slug text not null,
  author_id uuid not null,
  post_id uuid not null,
  -- When the slug became a former one; null for the current slug.
  retired_at timestamp(3) with time zone,
  constraint slugs_pkey PRIMARY KEY (slug),
  constraint slugs_post_fkey FOREIGN KEY (author_id, post_id) REFERENCES posts.posts(author_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX slugs_post ON posts.slugs USING btree (author_id, post_id);
grant delete, insert, select, update on posts.slugs to iod_posts;

create table posts.tags (
  tag text not null,
  posts integer not null,
  constraint tags_pkey PRIMARY KEY (tag)
) with (fillfactor=70);
CREATE INDEX tags_by_posts ON posts.tags USING btree (posts DESC, tag);
grant delete, insert, select, update on posts.tags to iod_posts;

-- The vocabulary of public titles, from which a mistyped word gets similar terms. It grows more slowly than the posts.
create table posts.title_words (
  word text not null,
  constraint title_words_pkey PRIMARY KEY (word)
);
CREATE INDEX title_words_similar ON posts.title_words USING gin (word posts.gin_trgm_ops) WITH (gin_pending_list_limit='64');
grant delete, insert, select, update on posts.title_words to iod_posts;

-- The number of public posts of an author, for profile. The first post of an author inserts the row of author_totals.
create view posts.author_counts as
 SELECT account_id,
    published + (( SELECT COALESCE(sum(queued.change), 0::bigint) AS "coalesce"
           FROM posts.count_changes queued
          WHERE queued.author_id = totals.account_id)) + (( SELECT count(*) AS count
           FROM posts.posts post
          WHERE post.author_id = totals.account_id AND post.state = 'published'::text AND NOT post.is_counted AND post.published_at <= now())) AS published_count
   FROM posts.author_totals totals;
grant delete, insert, select, update on posts.author_counts to iod_posts;
grant select on posts.author_counts to iod_profile;

create view posts.exported_comments as
 SELECT comment.account_id,
    comment.id,
    jsonb_build_object('post',
        CASE
            WHEN post.state = 'published'::text AND post.published_at <= now() OR post.author_id = comment.account_id THEN post.slug
            ELSE NULL::text
        END, 'body', comment.body, 'createdAt', comment.created_at, 'updatedAt', comment.updated_at) AS data
   FROM posts.comments comment
     JOIN posts.posts post ON post.author_id = comment.author_id AND post.id = comment.post_id
  WHERE comment.account_id IS NOT NULL;
grant delete, insert, select, update on posts.exported_comments to iod_posts;
grant select on posts.exported_comments to iod_auth;

create view posts.exported_favorites as
 SELECT favorite.account_id,
    favorite.id,
    jsonb_build_object('post',
        CASE
            WHEN post.state = 'published'::text AND post.published_at <= now() OR post.author_id = favorite.account_id THEN post.slug
            ELSE NULL::text
        END) AS data
   FROM posts.favorites favorite
     JOIN posts.posts post ON post.author_id = favorite.author_id AND post.id = favorite.post_id;
grant delete, insert, select, update on posts.exported_favorites to iod_posts;
grant select on posts.exported_favorites to iod_auth;

-- Each exported list is one view, ordered by id.
create view posts.exported_posts as
 SELECT author_id AS account_id,
    id,
    jsonb_build_object('slug', slug, 'state', state, 'title', title, 'summary', summary, 'body', body, 'tags', tags, 'language', language, 'coverImageUrl', cover_image_url, 'canonicalUrl', canonical_url, 'commentsOpen', comments_open, 'createdAt', created_at, 'updatedAt', updated_at, 'publishedAt', published_at) AS data
   FROM posts.posts;
grant delete, insert, select, update on posts.exported_posts to iod_posts;
grant select on posts.exported_posts to iod_auth;

CREATE OR REPLACE FUNCTION posts.add_title_words(titles text[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into posts.title_words (word)
  select distinct word
  from unnest(titles) title, unnest(tsvector_to_array(to_tsvector('posts.other', posts.plain_words(title)))) word
  where length(word) between 3 and 40 and word ~ '^[[:alnum:]]+$' and word !~ '^u[0-9a-f]{4,5}$'
  order by word
  on conflict (word) do nothing;
end
$function$;

CREATE OR REPLACE FUNCTION posts.add_to_counts(authors uuid[], posts uuid[], favorite_changes integer[], comment_changes integer[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from posts.post_counts counts
  where (counts.author_id, counts.post_id) in (select * from unnest(authors, posts))
  order by counts.author_id, counts.post_id
  for no key update;

  update posts.post_counts counts
  set favorites = counts.favorites + change.favorites, comments = counts.comments + change.comments
  from (
    select author_id, post_id, sum(favorites) as favorites, sum(comments) as comments
    from unnest(authors, posts, favorite_changes, comment_changes) as one (author_id, post_id, favorites, comments)
    group by author_id, post_id
  ) change
  where (counts.author_id, counts.post_id) = (change.author_id, change.post_id);
end
$function$;

-- Waits for another run, so that its caller sees all changes that were committed before. Counter rows are locked in the
-- order of their keys.
CREATE OR REPLACE FUNCTION posts.apply_count_changes()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  with taken as (
    delete from posts.count_changes queued
    using (select id from posts.count_changes order by id limit 10000 for update) first
    where queued.id = first.id
    returning queued.author_id, queued.change, queued.tags
  ), authors as (
    insert into posts.author_totals as totals (account_id, published)
    select author_id, sum(change) from taken group by author_id having sum(change) <> 0 order by author_id
    on conflict (account_id) do update set published = totals.published + excluded.published
  )
  insert into posts.tags as counted (tag, posts)
  select tag, sum(change) from taken, unnest(tags) tag group by tag having sum(change) <> 0 order by tag
  on conflict (tag) do update set posts = counted.posts + excluded.posts;
end
$function$;

-- Deletes one deleted comment without replies that remove_empty_parents has left, and so up to 500 of its parents; false if
-- there is none.
CREATE OR REPLACE FUNCTION posts.clear_emptied_comments()
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  emptied posts.emptied_comments;
begin
  delete from posts.emptied_comments
  where (author_id, post_id, id) = (
    select first.author_id, first.post_id, first.id from posts.emptied_comments first limit 1 for update skip locked
  )
  returning * into emptied;
  if not found then
    return false;
  end if;
  perform from posts.comments
  where (author_id, post_id, id) = (emptied.author_id, emptied.post_id, emptied.id)
  for update;
  delete from posts.comments comment
  where (author_id, post_id, id) = (emptied.author_id, emptied.post_id, emptied.id) and deleted_at is not null
    and not exists (
      select from posts.comments reply
      where (reply.author_id, reply.post_id, reply.parent_id) = (comment.author_id, comment.post_id, comment.id)
    );
  return true;
end
$function$;

-- Erases one batch of any deleted account; returns 0 when nothing is left of any.
CREATE OR REPLACE FUNCTION posts.continue_erasures()
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  noted record;
  erased integer;
begin
  for noted in select * from posts.erasures order by requested_at limit 1000 for update skip locked loop
    erased := posts.erase_batch(noted.account_id, noted.mode, noted.requested_at, 100);
    if erased > 0 then
      return erased;
    end if;
    perform posts.apply_count_changes();
    delete from posts.author_totals totals
    where account_id = noted.account_id and published = 0
      and not exists (select from posts.posts where author_id = noted.account_id);
    delete from posts.erasures
    where account_id = noted.account_id and requested_at < now() - interval '30 minutes';
  end loop;
  return 0;
end
$function$;
revoke execute on function posts.continue_erasures() from public;
grant execute on function posts.continue_erasures() to iod_auth;
grant execute on function posts.continue_erasures() to iod_posts;

CREATE OR REPLACE FUNCTION posts.copy_favorites(authors uuid[], posts uuid[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
  update posts.post_tags tagged
  set favorites = counts.favorites
  from posts.post_counts counts
  where (counts.author_id, counts.post_id) in (select * from unnest(authors, posts))
    and (tagged.author_id, tagged.post_id) = (counts.author_id, counts.post_id)
    and tagged.favorites <> counts.favorites
$function$;

CREATE OR REPLACE FUNCTION posts.copy_language_to_tags()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  update posts.post_tags set language = new.language where (author_id, post_id) = (new.author_id, new.id);
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION posts.count_comments()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  gone uuid[] := '{}';
  gone_authors uuid[] := '{}';
  come uuid[] := '{}';
  come_authors uuid[] := '{}';
begin
  if tg_op <> 'INSERT' then
    gone := array(select post_id from former where deleted_at is null order by id);
    gone_authors := array(select author_id from former where deleted_at is null order by id);
  end if;
  if tg_op <> 'DELETE' then
    come := array(select post_id from present where deleted_at is null order by id);
    come_authors := array(select author_id from present where deleted_at is null order by id);
  end if;
  if gone = come then
    return null;
  end if;
  perform posts.add_to_counts(come_authors || gone_authors, come || gone,
    array_fill(0, array[cardinality(come) + cardinality(gone)]),
    array_fill(1, array[cardinality(come)]) || array_fill(-1, array[cardinality(gone)]));
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION posts.count_favorites()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  change constant integer := case tg_op when 'INSERT' then 1 else -1 end;
  authors constant uuid[] := array(select author_id from changed order by id);
  posts constant uuid[] := array(select post_id from changed order by id);
begin
  -- Each post that is deleted deletes its favorites, whether it has any or not.
  if posts = '{}' then
    return null;
  end if;
  perform posts.add_to_counts(authors, posts, array_fill(change, array[cardinality(posts)]),
    array_fill(0, array[cardinality(posts)]));
  perform posts.copy_favorites(authors, posts);
  return null;
end
$function$;

-- Keys of posts.days_of that cover these days and no others: at most some dozens for years.
CREATE OR REPLACE FUNCTION posts.days_between(first integer, last integer)
 RETURNS integer[]
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  keys integer[] := '{}';
  day integer := first;
  level integer;
begin
  while day <= last loop
    level := 0;
    while level < 3 and day & ((16 << 4 * level) - 1) = 0 and day + (16 << 4 * level) - 1 <= last loop
      level := level + 1;
    end loop;
    keys := keys || (10000000 * level + (day >> 4 * level));
    day := day + (1 << 4 * level);
  end loop;
  return keys;
end
$function$;

-- The day of a post, and the spans of 16, 256 and 4,096 days that it is in: keys by which the index of words also finds a
-- period. An index of words has no order by time, and one of times combined with it reads whole pages of posts.
CREATE OR REPLACE FUNCTION posts.days_of(published_at timestamp with time zone)
 RETURNS integer[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ARRAY[(((published_at AT TIME ZONE 'UTC'::text))::date - '1970-01-01'::date), (10000000 + ((((published_at AT TIME ZONE 'UTC'::text))::date - '1970-01-01'::date) >> 4)), (20000000 + ((((published_at AT TIME ZONE 'UTC'::text))::date - '1970-01-01'::date) >> 8)), (30000000 + ((((published_at AT TIME ZONE 'UTC'::text))::date - '1970-01-01'::date) >> 12))];

CREATE OR REPLACE FUNCTION posts.decide_counted()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  new.is_counted := new.state = 'published' and new.published_at <= now();
  return new;
end
$function$;

-- Runs in the transaction that deletes the account: erases for half a second, which suffices for most accounts, and records
-- the rest in erasures. `anonymise` keeps public posts and comments without a name.
CREATE OR REPLACE FUNCTION posts.erase_author(account uuid, mode text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  requested constant timestamptz := posts.now_ms();
  until constant timestamptz := clock_timestamp() + interval '500 milliseconds';
begin
  if mode not in ('delete', 'anonymise') then
    raise invalid_parameter_value using message = 'mode must be delete or anonymise';
  end if;
  insert into posts.erasures as noted (account_id, mode, requested_at) values (account, mode, requested)
  on conflict (account_id) do update set mode = excluded.mode, requested_at = excluded.requested_at;
  while clock_timestamp() < until loop
    exit when posts.erase_batch(account, mode, requested, 100) = 0;
  end loop;
end
$function$;
revoke execute on function posts.erase_author(uuid,text) from public;
grant execute on function posts.erase_author(uuid,text) to iod_auth;

-- Erases about `batch` rows and returns how many; 0 when nothing is left. Each call is its own transaction: erasing an
-- author of 12,000 posts takes longer than the statement timeout.
CREATE OR REPLACE FUNCTION posts.erase_batch(account uuid, mode text, requested timestamp with time zone, batch integer)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  fitting uuid[];
  first_post uuid;
  erased integer;
  more integer;
begin
  -- Favorites and comments are deleted with their post. `anonymise` keeps what was public at the time.
  select array_agg(id) filter (where weight <= batch), (array_agg(id order by id))[1] into fitting, first_post
  from (
    select post.id, sum(1 + coalesce(counts.favorites + counts.comments, 0)) over (order by post.id) as weight
    from (
      select author_id, id from posts.posts
      where author_id = account
        and (mode = 'delete' or state <> 'published' or published_at > requested or created_at > requested)
      order by id
      limit batch
    ) post
    left join posts.post_counts counts on (counts.author_id, counts.post_id) = (post.author_id, post.id)
  ) weighed;
  if fitting is not null then
    delete from posts.posts where author_id = account and id = any (fitting);
    return cardinality(fitting);
  end if;

  if first_post is not null then
    delete from posts.favorites favorite
    using (select account_id from posts.favorites where (author_id, post_id) = (account, first_post) limit batch) chosen
    where (favorite.author_id, favorite.post_id, favorite.account_id) = (account, first_post, chosen.account_id);
    get diagnostics erased = row_count;
    -- The newest first: a reply is newer than its parent.
    delete from posts.comments comment
    using (
      select id from posts.comments where (author_id, post_id) = (account, first_post) order by id desc limit batch
    ) chosen
    where (comment.author_id, comment.post_id, comment.id) = (account, first_post, chosen.id);
    get diagnostics more = row_count;
    if erased + more = 0 then
      delete from posts.posts where author_id = account and id = first_post;
    end if;
    return greatest(erased + more, 1);
  end if;

  if mode = 'anonymise' then
    update posts.comments comment set account_id = null
    from (select author_id, post_id, id from posts.comments where account_id = account limit batch) chosen
    where (comment.author_id, comment.post_id, comment.id) = (chosen.author_id, chosen.post_id, chosen.id);
    get diagnostics erased = row_count;
  else
    with chosen as materialized (
      select author_id, post_id, id, exists (
          select from posts.comments reply
          where (reply.author_id, reply.post_id, reply.parent_id) = (comment.author_id, comment.post_id, comment.id)
        ) as has_replies
      from posts.comments comment
      where account_id = account
      order by id desc
      limit batch
    ), gone as (
      delete from posts.comments comment using chosen
      where (comment.author_id, comment.post_id, comment.id) = (chosen.author_id, chosen.post_id, chosen.id)
        and not has_replies
    ), emptied as (
      update posts.comments comment
      set account_id = null, body = '', html = '', deleted_at = coalesce(comment.deleted_at, posts.now_ms())
      from chosen
      where (comment.author_id, comment.post_id, comment.id) = (chosen.author_id, chosen.post_id, chosen.id)
        and has_replies
    )
    select count(*) into erased from chosen;
  end if;

  delete from posts.favorites favorite
  using (select author_id, post_id from posts.favorites where account_id = account limit batch) chosen
  where (favorite.author_id, favorite.post_id, favorite.account_id) = (chosen.author_id, chosen.post_id, account);
  get diagnostics more = row_count;
  erased := erased + more;

  delete from posts.idempotency_keys kept
  using (select author_id, key from posts.idempotency_keys where account_id = account limit batch) chosen
  where (kept.author_id, kept.account_id, kept.key) = (chosen.author_id, account, chosen.key);
  get diagnostics more = row_count;
  erased := erased + more;

  if erased = 0 then
    delete from posts.author_totals totals
    where account_id = account and published = 0 and not exists (select from posts.posts where author_id = account);
  end if;
  return erased;
end
$function$;
revoke execute on function posts.erase_batch(uuid,text,timestamp with time zone,integer) from public;

-- Removes characters that show nothing (Unicode: Default_Ignorable_Code_Point): soft hyphens, joiners, variation selectors.
-- The parser of Postgres takes them for a part of a word, so co-operate with a soft hyphen was found by no spelling. A
-- zero-width space separates words. Removes the vowel marks of Arabic and Hebrew, and the tatweel: most texts and most searches
-- leave them out. Subscripts are digits: H₂O is found by h2o. Superscripts are not: they mark footnotes. Of Arabic letters one
-- form is left, as in the stemmer arabic of Postgres and in PersianNormalizer of Lucene: alef, waw and yeh without hamza, heh
-- for teh marbuta and the heh of Persian and Urdu, yeh for alef maksura and the yeh of Persian, kaf for keheh. The posts function
-- does the same with queries in its words.ts.
CREATE OR REPLACE FUNCTION posts.fold_words(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (words !~ '[\u00ad\u034f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0622-\u0626\u0629\u0649\u0671\u06a9\u06c0-\u06c3\u06cc\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2080-\u2089\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'::text) THEN words ELSE regexp_replace(replace(CASE WHEN (words ~ '[\u0622-\u0626\u0629\u0649\u0671\u06a9\u06c0-\u06c3\u06cc\u2080-\u2089]'::text) THEN translate(words, 'آأإٱؤئىیةۀہۂۃک₀₁₂₃₄₅₆₇₈₉'::text, 'ااااويييهههههك0123456789'::text) ELSE words END, '​'::text, ' '::text), '[\u00ad\u034f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'::text, ''::text, 'g'::text) END;

CREATE OR REPLACE FUNCTION posts.has_only_stop_words(words text[], language text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select coalesce(bool_and(exists (
    select from unnest(posts.search_configurations(language)) configuration
    where numnode(to_tsquery(configuration, word)) = 0
  )), true)
  from unnest(words) word
$function$;

CREATE OR REPLACE FUNCTION posts.language_lexeme(configuration regconfig)
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (quote_literal(('='::text || "right"((configuration)::text, 2))))::tsquery;

-- The words without the stop words of some language, in any post: many posts name no language. Null if none omits any.
CREATE OR REPLACE FUNCTION posts.loose_query(words text, language text)
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select string_agg(distinct '(' || query::text || ')', ' | ')::tsquery
  from unnest(posts.search_configurations(language)) configuration, to_tsquery(configuration, words) query
  where numnode(query) > 0 and posts.omits_words(configuration, words)
$function$;

-- A letter is a stop word of many languages, but not with its signs: C++ is c and cplusplus, F# is f and fsharp. Markdown may
-- have a backslash before a sign. The posts function does the same with queries in its words.ts.
CREATE OR REPLACE FUNCTION posts.name_signs(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(regexp_replace(words, '(?<![A-Za-z0-9])([A-Za-z])\\?\+\\?\+'::text, '\1 \1plusplus '::text, 'g'::text), '(?<![A-Za-z0-9])([A-Za-z])\\?#'::text, '\1 \1sharp '::text, 'g'::text);

-- The newest `most` posts that match, each with its rank. Reads the period of the newest 1,000 posts, then earlier ones, each
-- as long as the matches so far suggest. The index does not know the order of words: a phrase is looked for in about 10,000 of
-- the newest posts with its words. Nor does it find a beginning of words without reading the entries of all posts that have one:
-- where those are estimated to be many, the newest 2,000 posts that pass the filters are examined first, which mostly suffices.
-- Volatile, because EXPLAIN is allowed nowhere else.
CREATE OR REPLACE FUNCTION posts.newest_matches(wanted tsquery, unwanted tsquery, ranked tsquery, literal text, author uuid, tag text, language text, since timestamp with time zone, until timestamp with time zone, most integer)
 RETURNS TABLE(author_id uuid, post_id uuid, published_at timestamp with time zone, rank double precision)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
declare
  query constant tsquery := case when unwanted is null then wanted else wanted && !! unwanted end;
  has_phrase constant boolean := query::text ~ '<[-0-9]+>';
  -- A phrase without its order.
  indexed constant tsquery := case
    when has_phrase then regexp_replace(wanted::text, '<[-0-9]+>', '&', 'g')::tsquery
    else query
  end;
  filters constant text := concat(
    case when author is not null then ' and array[post.author_id] @> array[$4]' end,
    case when tag is not null then ' and post.tags @> array[$5]' end,
    case when language is not null then ' and array[post.language] @> array[$6]' end
  );
  -- Whether posts are read that may not match.
  examines boolean := has_phrase;
  estimate jsonb;
  most_examined constant integer := case when has_phrase then 10000 else 2000 end;
  examined integer := 0;
  examined_here integer;
  found integer := 0;
  found_here integer;
  is_indexed boolean;
  match record;
  oldest timestamptz;
  below timestamptz := least(now() + interval '1 microsecond', until);
  start timestamptz;
  first_day integer;
  last_day integer;
  step double precision;
begin
  select post.published_at into oldest from posts.posts post
  where post.state = 'published' and post.published_at < below
  order by post.published_at limit 1;
  oldest := greatest(oldest, since);
  if query is null or oldest is null or oldest >= below then
    return;
  end if;
  select post.published_at into start from posts.posts post
  where post.state = 'published' and post.published_at < below and post.published_at >= oldest
  order by post.published_at desc offset 999 limit 1;
  start := coalesce(start, oldest);
  if wanted::text like '%:*%' and not has_phrase then
    execute 'explain (format json) select from posts.posts where state = ''published'' and search @@ $1'
    into estimate using wanted;
    examines := (estimate #>> '{0,Plan,Plan Rows}')::real
      > 0.01 * (select reltuples from pg_class where oid = 'posts.posts'::regclass);
  end if;

  loop
    is_indexed := has_phrase or filters <> '' or not examines;
    first_day := (start at time zone 'UTC')::date - date '1970-01-01';
    last_day := ((below - interval '1 microsecond') at time zone 'UTC')::date - date '1970-01-01';
    -- Long periods begin with a long span, which is one key.
    first_day := case
      when last_day - first_day > 500 then first_day & ~255
      when last_day - first_day > 30 then first_day & ~15
      else first_day
    end;
    if is_indexed then
      start := greatest(oldest, (date '1970-01-01' + first_day)::timestamp at time zone 'UTC');
    end if;
    examined_here := 0;
    found_here := 0;
    for match in execute concat('
      select newest.author_id, newest.id, newest.published_at, newest.is_match, case when newest.is_match
        then (strpos(lower(newest.title), $10) > 0)::int + ts_rank(newest.search, $9) end as rank
      from (
        select post.author_id, post.id, post.published_at, post.title, post.search, ',
        case when examines then 'post.search @@ $2' else 'true' end, ' as is_match
        from posts.posts post
        where post.state = ''published''', filters,
        case when has_phrase or not examines then ' and post.search @@ $1' end,
        -- No plan uses the index on the time for a condition that "is true".
        ' and (post.published_at >= $7 and post.published_at < $8)', case when is_indexed then ' is true' end,
        -- Fewer posts than are wanted match in the time after a period: the last one need not exclude it.
        case when is_indexed and (start > oldest or since is not null or until is not null)
          then ' and posts.days_of(post.published_at) && $3' end,
        ' order by post.published_at + interval ''0'' desc, post.id desc',
        case when not examines then ' limit $11' end, '
      ) newest')
    using indexed, query, posts.days_between(first_day, last_day), author, tag, language, start, below, ranked, literal,
      most - found
    loop
      examined_here := examined_here + 1;
      if match.is_match then
        found_here := found_here + 1;
        author_id := match.author_id;
        post_id := match.id;
        published_at := match.published_at;
        rank := match.rank;
        return next;
        exit when found + found_here = most;
      end if;
    end loop;
    found := found + found_here;
    examined := examined + examined_here;
    exit when found = most or start = oldest or has_phrase and examined >= most_examined;

    step := least(64, 1.3 * (most - found) / nullif(found_here, 0));
    examines := examines and examined < most_examined;
    if examines then
      step := least(step, (most_examined - examined)::double precision / nullif(examined_here, 0));
    end if;
    step := greatest(0.1, step) * extract(epoch from below - start);
    below := start;
    start := below - make_interval(secs => least(step, extract(epoch from below - oldest)));
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION posts.note_changed_posts()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if not exists (select from changed) then
    return null;
  end if;

  update posts.post_counts counts
  set published_at = case when changed.state = 'published' then changed.published_at end
  from changed
  where (counts.author_id, counts.post_id) = (changed.author_id, changed.id)
    and counts.published_at is distinct from case when changed.state = 'published' then changed.published_at end;

  delete from posts.post_tags tagged
  using changed join former using (author_id, id)
  where (tagged.author_id, tagged.post_id) = (changed.author_id, changed.id)
    and (changed.tags, changed.state, changed.published_at) is distinct from (former.tags, former.state, former.published_at);
  insert into posts.post_tags (author_id, post_id, tag, published_at, favorites, language)
  select changed.author_id, changed.id, tag, changed.published_at, counts.favorites, changed.language
  from changed
  join former using (author_id, id)
  join posts.post_counts counts on (counts.author_id, counts.post_id) = (changed.author_id, changed.id),
    unnest(changed.tags) tag
  where changed.state = 'published'
    and (changed.tags, changed.state, changed.published_at) is distinct from (former.tags, former.state, former.published_at);

  insert into posts.count_changes (author_id, change, tags)
  select changed.author_id, one.change, one.tags
  from changed
  join former using (author_id, id),
    lateral (values (-1, former.is_counted, former.tags), (1, changed.is_counted, changed.tags)) one (change, is_counted, tags)
  where one.is_counted and (changed.is_counted, changed.tags) is distinct from (former.is_counted, former.tags);

  perform posts.add_title_words(array(
    select changed.title from changed join former using (author_id, id)
    where changed.state = 'published' and (changed.title, changed.state) is distinct from (former.title, former.state)
  ));
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION posts.note_gone_posts()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into posts.count_changes (author_id, change, tags)
  select author_id, -1, tags from gone where is_counted;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION posts.note_new_posts()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into posts.post_counts (author_id, post_id, published_at)
  select author_id, id, case when state = 'published' then published_at end from added;

  insert into posts.post_tags (author_id, post_id, tag, published_at, language)
  select author_id, id, tag, published_at, language from added, unnest(tags) tag where state = 'published';

  insert into posts.author_totals (account_id, published)
  select distinct author_id, 0 from added order by author_id
  on conflict (account_id) do nothing;
  insert into posts.count_changes (author_id, change, tags)
  select author_id, 1, tags from added where is_counted;

  perform posts.add_title_words(array(select title from added where state = 'published'));
  return null;
end
$function$;

-- Milliseconds, as the API shows them: a time in a cursor equals the time in the row.
CREATE OR REPLACE FUNCTION posts.now_ms()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN date_trunc('milliseconds'::text, now());

CREATE OR REPLACE FUNCTION posts.omits_words(configuration regconfig, words text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (numnode(to_tsquery(configuration, words)) < numnode(to_tsquery('posts.other'::regconfig, words)));

-- Splits scripts without spaces between words (Thai, Lao, Burmese, Khmer, Japanese, Chinese), and Hangul, into pairs of
-- characters, so that a word is found wherever it is in a run. A run has pairs from its first character and from its
-- second; each series leaves one end alone. Costs 1.3 µs per character, hence only the first 30,000 of a text. The posts
-- function has the same list of scripts in its words.ts.
CREATE OR REPLACE FUNCTION posts.pair_characters(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  with spaced as materialized (
    select regexp_replace(left(words, 30000), '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)', ' \1 ', 'g') as words
  )
  select string_agg(regexp_replace(
      shifted.words,
      '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff][\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])',
      '\1 ', 'g'
    ), ' ') || substr(pair_characters.words, 30001)
  from (
    select words from spaced
    union all
    select regexp_replace(words, ' ([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])', ' \1 ', 'g') from spaced
  ) shifted
$function$;

-- Words are letters and digits, in texts as in queries. The parser of Postgres also looks for hosts, addresses, paths, tags
-- and hyphenated words, in a time that grows with the square of a text like a_a_a_a: 5 s for 60 kB. Without the characters
-- those consist of, it reads every text in one pass. translate compares each character with each of them, and takes ten
-- times as long.
CREATE OR REPLACE FUNCTION posts.plain_words(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (words !~ '[\u00ad\u034f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0622-\u0626\u0629\u0649\u0671\u06a9\u06c0-\u06c3\u06cc\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2080-\u2089\u2190-\u2bff\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001f000-\U0001faff\U000e0000-\U000e0fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]|(^|[^A-Za-z0-9])[A-Za-z]\\?(\+\\?\+|#)'::text) THEN regexp_replace(words, '[-._/@:+~<>&;=?%#''"]'::text, ' '::text, 'g'::text) WHEN (words ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]'::text) THEN (posts.pair_characters(regexp_replace(posts.name_signs(posts.fold_words(words)), '[-._/@:+~<>&;=?%#''"\u2190-\u2bff\U0001f000-\U0001faff]'::text, ' '::text, 'g'::text)) || COALESCE(posts.symbol_words(words), ''::text)) ELSE (regexp_replace(posts.name_signs(posts.fold_words(words)), '[-._/@:+~<>&;=?%#''"\u2190-\u2bff\U0001f000-\U0001faff]'::text, ' '::text, 'g'::text) || COALESCE(posts.symbol_words(words), ''::text)) END;

-- The same, with the last word as the beginning of another: as written and not its stem, since 'mars' does not begin
-- 'market'. Null for a stop word: nobody looks for all words that begin with 'the'.
CREATE OR REPLACE FUNCTION posts.prefix_query(others text, last text, excluded text, language text)
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  with queries as (
    select distinct case
      when others is null then to_tsquery('posts.other', last || ':*')
      when posts.omits_words(configuration, others)
        then to_tsquery(configuration, others) && to_tsquery('posts.other', last || ':*') && posts.language_lexeme(configuration)
      else to_tsquery(configuration, others) && to_tsquery('posts.other', last || ':*')
    end as query
    from unnest(posts.search_configurations(language)) configuration
  ), wanted as (
    select string_agg('(' || query::text || ')', ' | ')::tsquery as query from queries
  ), unwanted as (
    select posts.search_query(excluded, language) as query
  )
  select case when unwanted.query is null then wanted.query else wanted.query && !! unwanted.query end
  from wanted, unwanted
  where not posts.has_only_stop_words(array[last], language)
$function$;

CREATE OR REPLACE FUNCTION posts.reindex_search(batch integer)
 RETURNS bigint
 LANGUAGE sql
AS $function$
  with due as (
    delete from posts.search_backlog backlog
    using (
      select author_id, post_id from posts.search_backlog order by author_id, post_id limit batch for update skip locked
    ) first
    where (backlog.author_id, backlog.post_id) = (first.author_id, first.post_id)
    returning backlog.author_id, backlog.post_id
  ), reindexed as (
    update posts.posts post set body = post.body
    from due where (post.author_id, post.id) = (due.author_id, due.post_id)
  )
  select count(*) from due
$function$;

-- Deletes a deleted comment with the last of its replies, and likewise its parents: 500 of them, which takes 40 ms, since
-- nothing bounds the depth of replies. clear_emptied_comments does the rest. A trigger, so that it holds for every statement.
-- Locks comments from the reply upwards, each before it is read: of two last replies deleted at once, the second sees that the
-- first is gone. The trigger's name sorts before comments_count_gone: a transaction that holds a comment may wait for the
-- post's counters, never the reverse.
CREATE OR REPLACE FUNCTION posts.remove_empty_parents()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  reply record;
  current_id uuid;
  next_id uuid;
  is_empty boolean;
  levels integer := 0;
begin
  -- Deletions by this trigger, and those that cascade from the post.
  if pg_trigger_depth() > 1 then
    return null;
  end if;
  for reply in select distinct author_id, post_id, parent_id from former where parent_id is not null order by parent_id desc loop
    current_id := reply.parent_id;
    while current_id is not null loop
      if levels >= 500 then
        insert into posts.emptied_comments values (reply.author_id, reply.post_id, current_id) on conflict do nothing;
        exit;
      end if;
      levels := levels + 1;
      select parent_id, deleted_at is not null into next_id, is_empty from posts.comments
      where author_id = reply.author_id and post_id = reply.post_id and id = current_id
      for update;
      exit when not found or not is_empty;
      perform from posts.comments
      where author_id = reply.author_id and post_id = reply.post_id and parent_id = current_id limit 1;
      exit when found;
      delete from posts.comments
      where author_id = reply.author_id and post_id = reply.post_id and id = current_id;
      current_id := next_id;
    end loop;
  end loop;
  return null;
end
$function$;

-- Of the next `batch` words after `place`, deletes those in no public post; returns the last word examined, null at the end.
-- gin_fuzzy_search_limit: a hundred posts with a word prove as much as a million, which would all be read.
CREATE OR REPLACE FUNCTION posts.remove_unused_words(place text, batch integer)
 RETURNS text
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET gin_fuzzy_search_limit TO '100'
AS $function$
  with looked_at as materialized (
    select word from posts.title_words where word > place order by word limit batch
  ), unused as (
    delete from posts.title_words known using looked_at
    where known.word = looked_at.word and not exists (
      select from posts.posts post
      where post.state = 'published' and post.search @@ quote_literal(looked_at.word)::tsquery
    )
  )
  select max(word) from looked_at
$function$;
revoke execute on function posts.remove_unused_words(text,integer) from public;
grant execute on function posts.remove_unused_words(text,integer) to iod_posts;

-- Replaces the letters that fold_words folds by the folded letter with a combining mark of its own, and exchanges the marks of
-- vowels and joiners that it removes with others: the dictionary unaccent ignores those. With is_back it restores them, in a part
-- of the text too, as each character is exchanged by itself.
CREATE OR REPLACE FUNCTION posts.respell(words text, is_back boolean)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
declare
  pair text[];
  marks constant text := E'\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u0654\u0655\u0670\u05b0\u05b1\u05b2\u05b3\u05b4\u05b5\u05b6\u05b7\u05b8\u05b9\u05ba\u05bb\u05bc\u05c1\u05c2\u05c7\u200c';
  others constant text := E'\u0339\u033a\u033b\u033c\u033d\u033e\u033f\u0340\u0341\u0342\u0343\u0344\u0345\u0346\u0347\u0348\u0349\u034a\u034b\u034c\u034d\u034e\u0350\u0351\u0352\u0353\u0354\u0355\u0356\u0357';
begin
  if words !~ '[\u0339-\u035c\u0590-\u06ff\u200c]' then
    return words;
  end if;
  foreach pair slice 1 in array array[
    [E'\u0622', E'\u0627\u0358'], [E'\u0623', E'\u0627\u0359'], [E'\u0625', E'\u0627\u035a'],
    [E'\u0671', E'\u0627\u035b'], [E'\u0624', E'\u0648\u0358'], [E'\u0626', E'\u064a\u0358'],
    [E'\u0649', E'\u064a\u0359'], [E'\u06cc', E'\u064a\u035a'], [E'\u0629', E'\u0647\u0358'],
    [E'\u06c0', E'\u0647\u0359'], [E'\u06c1', E'\u0647\u035a'], [E'\u06c2', E'\u0647\u035b'],
    [E'\u06c3', E'\u0647\u035c'], [E'\u06a9', E'\u0643\u0358']
  ] loop
    words := case when is_back then replace(words, pair[2], pair[1]) else replace(words, pair[1], pair[2]) end;
  end loop;
  -- With nothing to exchange, half the work.
  return case when words ~ '[\u0339-\u0357]' then translate(words, marks || others, others || marks)
    else translate(words, marks, others) end;
end
$function$;

-- Keeps the 20 latest former slugs as redirects: without a bound, one post could claim any number of slugs.
CREATE OR REPLACE FUNCTION posts.retire_slug()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  update posts.slugs
  set retired_at = case slug when old.slug then posts.now_ms() end
  where (author_id, post_id) = (new.author_id, new.id) and slug in (old.slug, new.slug);
  delete from posts.slugs directory
  using (
    select slug from posts.slugs
    where (author_id, post_id) = (new.author_id, new.id) and slug <> new.slug
    order by retired_at desc nulls last, slug
    offset 20
  ) oldest
  where directory.slug = oldest.slug;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION posts.search_configuration(language text)
 RETURNS regconfig
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case
    when language in (
      'ca', 'da', 'de', 'el', 'en', 'es', 'fi', 'fr', 'hu', 'id', 'it', 'lt', 'nl', 'no', 'pt', 'ro', 'ru', 'sr', 'sv', 'tr'
    ) then ('posts.' || language)::regconfig
    when language in ('nb', 'nn') then 'posts.no'::regconfig
    else 'posts.other'::regconfig
  end
$function$;

CREATE OR REPLACE FUNCTION posts.search_configurations(language text)
 RETURNS regconfig[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (language IS NULL) THEN ARRAY['posts.other'::regconfig, 'posts.ca'::regconfig, 'posts.da'::regconfig, 'posts.de'::regconfig, 'posts.el'::regconfig, 'posts.en'::regconfig, 'posts.es'::regconfig, 'posts.fi'::regconfig, 'posts.fr'::regconfig, 'posts.hu'::regconfig, 'posts.id'::regconfig, 'posts.it'::regconfig, 'posts.lt'::regconfig, 'posts.nl'::regconfig, 'posts.no'::regconfig, 'posts.pt'::regconfig, 'posts.ro'::regconfig, 'posts.ru'::regconfig, 'posts.sr'::regconfig, 'posts.sv'::regconfig, 'posts.tr'::regconfig] ELSE ARRAY['posts.other'::regconfig, posts.search_configuration(language)] END;

-- Matches all that is required and nothing that is excluded, in any form a language has of it.
CREATE OR REPLACE FUNCTION posts.search_query(required text, excluded text, language text)
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when unwanted is null then wanted else wanted && !! unwanted end
  from (
    select posts.search_query(required, language) as wanted, posts.search_query(excluded, language) as unwanted
  ) each_query
$function$;

-- What each language makes of the words: of one language, or without one of all, since each post is stemmed by its own. A
-- language that omits some, its stop words, is asked in its own posts alone. Immutable, so that the plan is made for these words.
-- A query that a wider prefix query contains is left out: 'wave':* finds nothing that 'wav':* does not, and each reads the
-- whole posting list.
CREATE OR REPLACE FUNCTION posts.search_query(words text, language text)
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  with queries as (
    select distinct (case
      when numnode(query) > 0 and posts.omits_words(configuration, words) then query && posts.language_lexeme(configuration)
      else query
    end)::text as query
    from unnest(posts.search_configurations(language)) configuration, to_tsquery(configuration, words) query
  )
  select string_agg('(' || query || ')', ' | ')::tsquery
  from queries
  where query <> '' and not exists (
    select from queries wider
    where wider.query like '%'':*' and wider.query <> queries.query and starts_with(queries.query, left(wider.query, -3))
  )
$function$;

-- The title is indexed stemmed and unstemmed, so that the first letters of its words find it. A gap separates the parts: no
-- phrase spans the end of one and the start of the next. The lexeme that makes the gap occurs in no text and is deleted. The
-- last lexeme names the language that the post is stemmed in: =en.
CREATE OR REPLACE FUNCTION posts.search_vector(language text, title text, summary text, tags text[], body text)
 RETURNS tsvector
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (ts_delete(((((((((setweight(to_tsvector('posts.other'::regconfig, posts.plain_words(title)), 'A'::"char") || '''.'':2'::tsvector) || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(title)), 'A'::"char")) || '''.'':2'::tsvector) || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(COALESCE(summary, ''::text))), 'B'::"char")) || '''.'':2'::tsvector) || setweight(to_tsvector('posts.other'::regconfig, posts.plain_words(array_to_string(tags, ' '::text))), 'B'::"char")) || '''.'':2'::tsvector) || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(body)), 'D'::"char")), '.'::text) || array_to_tsvector(ARRAY[('='::text || CASE WHEN (language = ANY (ARRAY['nb'::text, 'nn'::text])) THEN 'no'::text ELSE COALESCE(language, ''::text) END)]));

-- Posts with a word similar to each of these; null when a word has no similar one. Not limited to titles: the index does not
-- know positions, so every post with a common word in its body was read (1.2 s with a million posts).
CREATE OR REPLACE FUNCTION posts.similar_query(words text[])
 RETURNS tsquery
 LANGUAGE sql
 STABLE PARALLEL SAFE
 SET "pg_trgm.similarity_threshold" TO '0.35'
AS $function$
  select case when count(likened.alternatives) = cardinality(words)
    then string_agg('(' || likened.alternatives || ')', ' & ')::tsquery end
  from unnest(words) as given (word)
  left join lateral (
    select string_agg('''' || closest.word || '''', ' | ') as alternatives
    from (
      select known.word from posts.title_words known
      where known.word operator(posts.%) lower(given.word)
      order by posts.similarity(known.word, lower(given.word)) desc, known.word
      limit 4
    ) closest
  ) likened on true
$function$;

-- A word for each symbol of a text, by its code point: u1f389. The parser of Postgres drops symbols or, with the locale C, takes
-- them for letters of the word before. Costs 1 µs per character, hence only the first 30,000 and of those 1,000 symbols. The
-- posts function does the same with queries in its words.ts.
CREATE OR REPLACE FUNCTION posts.symbol_words(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select string_agg(distinct ' u' || to_hex(ascii(symbol)), '')
  from unnest(string_to_array(
    left(regexp_replace(left(words, 30000), '[^\u2190-\u2bff\U0001f000-\U0001faff]+', '', 'g'), 1000), null
  )) symbol
$function$;

-- Counts scheduled posts whose time has come, but for rows locked by others, and applies count_changes.
CREATE OR REPLACE FUNCTION posts.update_counters()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  update posts.posts post set is_counted = true
  from (
    select author_id, id from posts.posts
    where state = 'published' and not is_counted and published_at <= now()
    order by published_at limit 100
    for update skip locked
  ) due
  where post.author_id = due.author_id and post.id = due.id;
  perform posts.apply_count_changes();
end
$function$;

CREATE OR REPLACE FUNCTION posts.with_signs(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN posts.respell(translate(words, ''::text, '._-/@:+~<>&;=?%#''"'::text), true);

-- Replaces each of those characters by a control character, which no text here has; with_signs restores them. translate
-- takes eight times as long for a text of 2,000 characters.
CREATE OR REPLACE FUNCTION posts.without_signs(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(posts.respell(words, false), '.'::text, ''::text), '_'::text, ''::text), '-'::text, ''::text), '/'::text, ''::text), '@'::text, ''::text), ':'::text, ''::text), '+'::text, ''::text), '~'::text, ''::text), '<'::text, ''::text), '>'::text, ''::text), '&'::text, ''::text), ';'::text, ''::text), '='::text, ''::text), '?'::text, ''::text), '%'::text, ''::text), '#'::text, ''::text), ''''::text, ''::text), '"'::text, ''::text);


-- ---- profile

-- Profiles and follows.
create schema profile;
grant usage on schema profile to iod_auth;
grant usage on schema profile to iod_posts;
grant usage on schema profile to iod_profile;
alter default privileges in schema profile grant delete, insert, select, update on tables to iod_profile;

-- Counting a million rows takes 100 ms. The free space on each page keeps updates out of the index (HOT).
create table profile.follow_counts (
  account_id uuid not null,
  followers bigint not null default 0,
  following bigint not null default 0,
  constraint follow_counts_pkey PRIMARY KEY (account_id),
  constraint follow_counts_account_fkey FOREIGN KEY (account_id) REFERENCES auth.accounts(id) ON DELETE CASCADE
) with (fillfactor=70);
grant delete, insert, select, update on profile.follow_counts to iod_profile;

create table profile.follows (
  follower_id uuid not null,
  followee_id uuid not null,
  -- A UUIDv7: orders lists by time, is the cursor, and dates the follow.
  id uuid not null default uuidv7(),
  constraint follows_pkey PRIMARY KEY (follower_id, followee_id),
  constraint follows_followee_fkey FOREIGN KEY (followee_id) REFERENCES auth.accounts(id) ON DELETE CASCADE,
  constraint follows_follower_fkey FOREIGN KEY (follower_id) REFERENCES auth.accounts(id) ON DELETE CASCADE,
  constraint follows_others CHECK (follower_id <> followee_id)
);
CREATE INDEX follows_by_followee ON profile.follows USING btree (followee_id, id);
CREATE INDEX follows_by_follower ON profile.follows USING btree (follower_id, id);
CREATE TRIGGER follows_count_ended AFTER DELETE ON profile.follows REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profile.count_ended_follows();
CREATE TRIGGER follows_count_new AFTER INSERT ON profile.follows REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profile.count_new_follows();
CREATE TRIGGER follows_require_account BEFORE INSERT ON profile.follows FOR EACH ROW EXECUTE FUNCTION auth.require_account('follower_id');
grant delete, insert, select, update on profile.follows to iod_profile;

-- The first change inserts the row; an account without one has a public profile of nulls.
create table profile.profiles (
  account_id uuid not null,
  display_name text,
  bio text,
  avatar_url text,
  updated_at timestamp with time zone not null default now(),
  location text,
  website text,
  visibility text not null default 'public'::text,
  constraint profiles_pkey PRIMARY KEY (account_id),
  constraint profiles_account_fkey FOREIGN KEY (account_id) REFERENCES auth.accounts(id) ON DELETE CASCADE,
  constraint profiles_visibility_known CHECK (visibility = ANY (ARRAY['public'::text, 'private'::text]))
);
CREATE TRIGGER profiles_require_account BEFORE INSERT OR UPDATE ON profile.profiles FOR EACH ROW EXECUTE FUNCTION auth.require_account('account_id');
grant delete, insert, select, update on profile.profiles to iod_profile;

-- How posts shows an author. Posts of a private profile stay public under the username, but its name, picture and
-- favorites are hidden. Lists carry the picture, so that clients need not request each author's profile.
create view profile.authors as
 SELECT account.id,
    account.username,
    account.username_key,
        CASE
            WHEN profile.visibility = 'private'::text THEN NULL::text
            ELSE profile.display_name
        END AS display_name,
        CASE
            WHEN profile.visibility = 'private'::text THEN NULL::text
            ELSE profile.avatar_url
        END AS avatar_url,
    COALESCE(profile.visibility, 'public'::text) = 'public'::text AS is_public
   FROM auth.account_names account
     LEFT JOIN profile.profiles profile ON profile.account_id = account.id;
grant delete, insert, select, update on profile.authors to iod_profile;
grant select on profile.authors to iod_posts;

create view profile.exported_followers as
 SELECT follow.followee_id AS account_id,
    follow.id,
    jsonb_build_object('username', follower.username) AS data
   FROM profile.follows follow
     JOIN auth.accounts follower ON follower.id = follow.follower_id
     LEFT JOIN profile.profiles profile ON profile.account_id = follow.follower_id
  WHERE profile.visibility IS DISTINCT FROM 'private'::text;
grant delete, insert, select, update on profile.exported_followers to iod_profile;
grant select on profile.exported_followers to iod_auth;

create view profile.exported_followings as
 SELECT follow.follower_id AS account_id,
    follow.id,
    jsonb_build_object('username', followee.username) AS data
   FROM profile.follows follow
     JOIN auth.accounts followee ON followee.id = follow.followee_id;
grant delete, insert, select, update on profile.exported_followings to iod_profile;
grant select on profile.exported_followings to iod_auth;

-- Each exported list is one view, ordered by id.
create view profile.exported_profiles as
 SELECT account_id,
    account_id AS id,
    jsonb_build_object('displayName', display_name, 'bio', bio, 'location', location, 'website', website, 'avatarUrl', avatar_url, 'visibility', visibility, 'updatedAt', updated_at) AS data
   FROM profile.profiles;
grant delete, insert, select, update on profile.exported_profiles to iod_profile;
grant select on profile.exported_profiles to iod_auth;

-- The accounts that an account follows, for its feed.
create view profile.followings as
 SELECT follower_id,
    followee_id
   FROM profile.follows;
grant delete, insert, select, update on profile.followings to iod_profile;
grant select on profile.followings to iod_posts;

-- Redirects of former usernames for readers of lists; a private profile has none, as on its own page.
create view profile.username_moves as
 SELECT move.username_key,
    move.username
   FROM auth.username_moves move
     LEFT JOIN profile.profiles profile ON profile.account_id = move.account_id
  WHERE profile.visibility IS DISTINCT FROM 'private'::text;
grant delete, insert, select, update on profile.username_moves to iod_profile;
grant select on profile.username_moves to iod_posts;

CREATE OR REPLACE FUNCTION profile.count_ended_follows()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from profile.follow_counts
  where account_id in (select follower_id from changed union select followee_id from changed)
  order by account_id
  for no key update;

  update profile.follow_counts counts
  set followers = counts.followers - change.followers, following = counts.following - change.following
  from (
    select account_id, sum(followers) as followers, sum(following) as following
    from (
      select followee_id as account_id, 1 as followers, 0 as following from changed
      union all
      select follower_id, 0, 1 from changed
    ) each_side
    group by account_id
  ) change
  where counts.account_id = change.account_id;
  return null;
end
$function$;

-- The statement that changes follows, a cascade included, also changes the counters, so they cannot drift. Counters are
-- locked in the order of the account: two accounts that follow each other at once do not deadlock.
CREATE OR REPLACE FUNCTION profile.count_new_follows()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into profile.follow_counts as counts (account_id, followers, following)
  select change.account_id, sum(change.followers), sum(change.following)
  from (
    select followee_id as account_id, 1 as followers, 0 as following from changed
    union all
    select follower_id, 0, 1 from changed
  ) change
  group by change.account_id
  order by change.account_id
  on conflict (account_id) do update
    set followers = counts.followers + excluded.followers, following = counts.following + excluded.following;
  return null;
end
$function$;

-- Deletes one batch of a deleted account's follows: deleting a million at once exceeds the statement timeout.
CREATE OR REPLACE FUNCTION profile.erase_follows(account uuid, batch integer)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  with chosen as (
    (select follower_id, followee_id from profile.follows where follower_id = account limit batch)
    union all
    (select follower_id, followee_id from profile.follows where followee_id = account limit batch)
  ), gone as (
    delete from profile.follows follow using chosen
    where (follow.follower_id, follow.followee_id) = (chosen.follower_id, chosen.followee_id)
    returning 1
  )
  select count(*)::integer from gone
$function$;
revoke execute on function profile.erase_follows(uuid,integer) from public;
grant execute on function profile.erase_follows(uuid,integer) to iod_auth;
