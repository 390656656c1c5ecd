-- id is a UUIDv7: it orders a list by time, names a place in it, and says when the following began.
create table profile.follows (
  follower_id uuid not null constraint follows_follower_fkey references auth.accounts on delete cascade,
  followee_id uuid not null constraint follows_followee_fkey references auth.accounts on delete cascade,
  id uuid not null default uuidv7(),
  constraint follows_pkey primary key (follower_id, followee_id),
  constraint follows_others check (follower_id <> followee_id)
);
create index follows_by_follower on profile.follows (follower_id, id);
create index follows_by_followee on profile.follows (followee_id, id);

-- Counting a million rows takes a tenth of a second; reading a counter takes none. Room on each page keeps updates
-- of the counters out of the index.
create table profile.follow_counts (
  account_id uuid constraint follow_counts_pkey primary key
    constraint follow_counts_account_fkey references auth.accounts on delete cascade,
  followers bigint not null default 0,
  following bigint not null default 0
) with (fillfactor = 70);

-- Counters are changed by the statement that changes the rows, whichever it is (also a cascade), so they cannot drift.
-- Always in the order of the account: two that follow each other at once must not wait for each other.
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

-- Whom an account follows, for its feed.
create view profile.followings as select follower_id, followee_id from profile.follows;
grant select on profile.followings to iod_posts;
