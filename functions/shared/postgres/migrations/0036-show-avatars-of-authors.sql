-- Lists of posts and comments show the author's picture, so that nobody asks for each author's profile.
create or replace view profile.authors as
  select account.id, account.username, account.username_key,
    case when profile.visibility = 'private' then null else profile.display_name end as display_name,
    case when profile.visibility = 'private' then null else profile.avatar_url end as avatar_url
  from auth.account_names account
  left join profile.profiles profile on profile.account_id = account.id;
