-- The column was read by a statement made of text, which Postgres planned again for each row: most of the time that this
-- took. A branch that is not taken may name a column that the table lacks.
create or replace function auth.require_account() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
$$;
