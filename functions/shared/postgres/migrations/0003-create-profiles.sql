-- A row appears with the first change; until then an account has the profile of nulls.
create table profile.profiles (
  account_id uuid constraint profiles_pkey primary key,
  display_name text,
  bio text,
  avatar_url text,
  updated_at timestamptz not null default now()
);

-- How posts shows an author.
create view profile.authors as
  select account.id, account.username, account.username_key, profile.display_name
  from auth.account_names account
  left join profile.profiles profile on profile.account_id = account.id;
grant select on profile.authors to iod_posts;
