create schema profile;
comment on schema profile is 'Profiles and follows.';
grant usage on schema profile to iod_profile, iod_posts, iod_auth;
alter default privileges in schema profile grant select, insert, update, delete on tables to iod_profile;

-- ---- Profiles

create table profile.profiles (
  account_id uuid constraint profiles_pkey primary key
    constraint profiles_account_fkey references auth.accounts on delete cascade,
  display_name text,
  bio text,
  avatar_url text,
  updated_at timestamptz not null default now(),
  location text,
  website text,
  visibility text not null default 'public'
    constraint profiles_visibility_known check (visibility in ('public', 'private'))
);
comment on table profile.profiles is
'The first change inserts the row; an account without one has a public profile of nulls.';

create view profile.authors as
  select account.id, account.username, account.username_key,
    case when profile.visibility = 'private' then null else profile.display_name end as display_name,
    case when profile.visibility = 'private' then null else profile.avatar_url end as avatar_url,
    coalesce(profile.visibility, 'public') = 'public' as is_public
  from auth.account_names account
  left join profile.profiles profile on profile.account_id = account.id;
comment on view profile.authors is
'How posts shows an author. Posts of a private profile stay public under the username, but its name, picture and
favorites are hidden. Lists carry the picture, so that clients need not request each author''s profile.';
grant select on profile.authors to iod_posts;

create view profile.username_moves as
  select move.username_key, move.username
  from auth.username_moves move
  left join profile.profiles profile on profile.account_id = move.account_id
  where profile.visibility is distinct from 'private';
comment on view profile.username_moves is
'Redirects of former usernames for readers of lists; a private profile has none, as on its own page.';
grant select on profile.username_moves to iod_posts;

-- ---- Follows

create table profile.follows (
  follower_id uuid not null constraint follows_follower_fkey references auth.accounts on delete cascade,
  followee_id uuid not null constraint follows_followee_fkey references auth.accounts on delete cascade,
  id uuid not null default uuidv7(),
  constraint follows_pkey primary key (follower_id, followee_id),
  constraint follows_others check (follower_id <> followee_id)
);
comment on column profile.follows.id is 'A UUIDv7: orders lists by time, is the cursor, and dates the follow.';
create index follows_by_follower on profile.follows (follower_id, id);
create index follows_by_followee on profile.follows (followee_id, id);
create trigger follows_require_account before insert on profile.follows
  for each row execute function auth.require_account('follower_id');

create view profile.followings as select follower_id, followee_id from profile.follows;
comment on view profile.followings is 'The accounts that an account follows, for its feed.';
grant select on profile.followings to iod_posts;

create table profile.follow_counts (
  account_id uuid constraint follow_counts_pkey primary key
    constraint follow_counts_account_fkey references auth.accounts on delete cascade,
  followers bigint not null default 0,
  following bigint not null default 0
) with (fillfactor = 70);
comment on table profile.follow_counts is
'Counting a million rows takes 100 ms. The free space on each page keeps updates out of the index (HOT).';

create function profile.count_new_follows() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
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
$$;
comment on function profile.count_new_follows is
'The statement that changes follows, a cascade included, also changes the counters, so they cannot drift. Counters are
locked in the order of the account: two accounts that follow each other at once do not deadlock.';

create function profile.count_ended_follows() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
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
$$;

create trigger follows_count_new after insert on profile.follows
  referencing new table as changed for each statement execute function profile.count_new_follows();
create trigger follows_count_ended after delete on profile.follows
  referencing old table as changed for each statement execute function profile.count_ended_follows();

create function profile.erase_follows(account uuid, batch integer) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
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
$$;
comment on function profile.erase_follows is
'Deletes one batch of a deleted account''s follows: deleting a million at once exceeds the statement timeout.';
revoke execute on function profile.erase_follows from public;
grant execute on function profile.erase_follows to iod_auth;

-- ---- Export of an account's data, by auth

create view profile.exported_profiles as
  select account_id, account_id as id, jsonb_build_object(
    'displayName', display_name, 'bio', bio, 'location', location, 'website', website, 'avatarUrl', avatar_url,
    'visibility', visibility, 'updatedAt', updated_at
  ) as data
  from profile.profiles;
comment on view profile.exported_profiles is 'Each exported list is one view, ordered by id.';
create view profile.exported_followings as
  select follow.follower_id as account_id, follow.id, jsonb_build_object('username', followee.username) as data
  from profile.follows follow
  join auth.accounts followee on followee.id = follow.followee_id;
create view profile.exported_followers as
  select follow.followee_id as account_id, follow.id, jsonb_build_object('username', follower.username) as data
  from profile.follows follow
  join auth.accounts follower on follower.id = follow.follower_id;
grant select on profile.exported_profiles, profile.exported_followings, profile.exported_followers to iod_auth;
