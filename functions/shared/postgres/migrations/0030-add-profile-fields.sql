alter table profile.profiles
  add column location text,
  add column website text,
  add column visibility text not null default 'public'
    constraint profiles_visibility_known check (visibility in ('public', 'private'));

-- A deleted account takes its profile with it.
delete from profile.profiles
  where not exists (select from auth.accounts where accounts.id = profiles.account_id);
alter table profile.profiles
  add constraint profiles_account_fkey foreign key (account_id) references auth.accounts on delete cascade;

-- Posts stay public under the username; what a private profile says of the person is shown nowhere.
create or replace view profile.authors as
  select account.id, account.username, account.username_key,
    case when profile.visibility = 'private' then null else profile.display_name end as display_name
  from auth.account_names account
  left join profile.profiles profile on profile.account_id = account.id;
