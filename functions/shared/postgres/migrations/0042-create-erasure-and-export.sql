-- What auth may set off in the other schemas when an account is deleted: auth itself has no right to their tables.
-- Their rows that reference the account go with it by cascade; posts can also be kept without their author.
-- Guarded, since a function's schema may be older or newer than this one.
create function auth.erase_elsewhere(erased_id uuid, posts_mode text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if to_regprocedure('posts.erase_author(uuid, text)') is not null then
    execute 'select posts.erase_author($1, $2)' using erased_id, posts_mode;
  end if;
end
$$;
revoke execute on function auth.erase_elsewhere from public;
grant execute on function auth.erase_elsewhere to iod_auth;

-- What others know of an account, for its export: one view per list, `id` orders it.
create view profile.exported_profiles as
  select account_id, account_id as id, jsonb_build_object(
    'displayName', display_name, 'bio', bio, 'location', location, 'website', website, 'avatarUrl', avatar_url,
    'visibility', visibility, 'updatedAt', updated_at
  ) as data
  from profile.profiles;
create view profile.exported_followings as
  select follow.follower_id as account_id, follow.id, jsonb_build_object('username', followee.username) as data
  from profile.follows follow
  join auth.accounts followee on followee.id = follow.followee_id;
create view profile.exported_followers as
  select follow.followee_id as account_id, follow.id, jsonb_build_object('username', follower.username) as data
  from profile.follows follow
  join auth.accounts follower on follower.id = follow.follower_id;
grant usage on schema profile to iod_auth;
grant select on profile.exported_profiles, profile.exported_followings, profile.exported_followers to iod_auth;
