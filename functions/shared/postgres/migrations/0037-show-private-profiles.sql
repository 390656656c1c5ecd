-- What a private profile has made its favorites is as private as the profile.
create or replace view profile.authors as
  select account.id, account.username, account.username_key,
    case when profile.visibility = 'private' then null else profile.display_name end as display_name,
    case when profile.visibility = 'private' then null else profile.avatar_url end as avatar_url,
    coalesce(profile.visibility, 'public') = 'public' as is_public
  from auth.account_names account
  left join profile.profiles profile on profile.account_id = account.id;
