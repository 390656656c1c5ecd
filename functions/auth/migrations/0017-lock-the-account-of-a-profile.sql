-- The triggers that check the account of a row run when the row is locked already. A deletion locks the account first, and a
-- new username needs more than the lock that the triggers take: both could deadlock with a change of the profile.
create function auth.share_account(account uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from auth.accounts where id = account for key share;
  return found;
end
$$;
comment on function auth.share_account is
'Locks an account against its deletion and a new username, before one of its rows is locked; false if it is gone.';
revoke execute on function auth.share_account from public;
grant execute on function auth.share_account to iod_profile;

create function auth.lock_account(account uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from auth.accounts where id = account for update;
  return found;
end
$$;
comment on function auth.lock_account is
'Locks an account as a new username does, before one of its rows is locked; false if it is gone.';
revoke execute on function auth.lock_account from public;
grant execute on function auth.lock_account to iod_profile;
