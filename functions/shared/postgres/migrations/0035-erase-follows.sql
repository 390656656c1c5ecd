-- The followings of an account that goes, so many at a time: all of a million would take longer than a statement may.
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
revoke execute on function profile.erase_follows from public;
grant execute on function profile.erase_follows to iod_auth;
