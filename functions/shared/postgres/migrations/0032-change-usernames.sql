-- A former name is kept from everyone else until held_until, also when its account is gone: links to it are out there.
create table auth.former_usernames (
  username_key text constraint former_usernames_pkey primary key,
  account_id uuid constraint former_usernames_account_fkey references auth.accounts on delete set null,
  held_until timestamptz not null
);
create index former_usernames_account on auth.former_usernames (account_id);

-- Where a former name leads.
create view auth.username_moves as
  select former.username_key, account.id as account_id, account.username
  from auth.former_usernames former
  join auth.accounts account on account.id = former.account_id
  where former.held_until > now();
grant select on auth.username_moves to iod_profile;

-- A held name is refused as a taken one. After the row and not before: only then has the unique index made us wait for
-- whoever is just giving the name up.
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
create trigger accounts_refuse_held_username after insert or update of username_key on auth.accounts
  for each row execute function auth.refuse_held_username();

-- The one change that profile may make to an account. max_held bounds how many names one account can keep from others.
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
revoke execute on function auth.change_username from public;
grant execute on function auth.change_username to iod_profile;
