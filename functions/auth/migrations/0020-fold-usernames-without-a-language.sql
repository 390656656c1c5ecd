-- Under a Turkish collation lower('I') is a dotless i, so that nobody would find the new name: the functions look for its key
-- in ASCII.
create or replace function auth.change_username(
  changing_id uuid, new_username text, hold interval, max_held integer,
  out outcome text, out wait_seconds integer
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
$$;
