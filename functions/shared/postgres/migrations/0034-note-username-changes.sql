-- The change as an event of the account, for its owner to read. auth.change_username stays for the code from before.
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
revoke execute on function auth.rename_account from public;
grant execute on function auth.rename_account to iod_profile;
