-- For the deletion of those whose time is over.
create index former_usernames_held on auth.former_usernames (held_until);
