-- The lists of others leave a private profile out; their exports did not.
create or replace view profile.exported_followers as
  select follow.followee_id as account_id, follow.id, jsonb_build_object('username', follower.username) as data
  from profile.follows follow
  join auth.accounts follower on follower.id = follow.follower_id
  left join profile.profiles profile on profile.account_id = follow.follower_id
  where profile.visibility is distinct from 'private';
