-- How often a refresh token was given another successor because the one before was never used: its answer was lost.
alter table auth.refresh_tokens add column reissues integer not null default 0;

-- Writing for an account takes part in a lock on its row, which its deletion waits for, and then removes what was
-- written. Afterwards nothing is written any more, though the access token is good for some seconds or minutes yet.
-- A trigger, so that no statement of any function can forget it.
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
revoke execute on function auth.require_account from public;

create trigger posts_require_account before insert on posts.posts
  for each row execute function auth.require_account('author_id');
create trigger comments_require_account before insert on posts.comments
  for each row execute function auth.require_account('account_id');
create trigger favorites_require_account before insert on posts.favorites
  for each row execute function auth.require_account('account_id');
create trigger follows_require_account before insert on profile.follows
  for each row execute function auth.require_account('follower_id');
