-- Where the former name of an author leads, for who reads lists: of a private profile nowhere, as on its own page.
create view profile.username_moves as
  select move.username_key, move.username
  from auth.username_moves move
  left join profile.profiles profile on profile.account_id = move.account_id
  where profile.visibility is distinct from 'private';
grant select on profile.username_moves to iod_posts;
