-- A function owns nothing: it may use its own schema's tables, and reads another's through views made for it.
create schema auth;
create schema profile;
create schema posts;

revoke all on schema public from public;
revoke all on all tables in schema public from public;

grant usage on schema auth to iod_auth, iod_profile, iod_posts;
grant usage on schema profile to iod_profile, iod_posts;
grant usage on schema posts to iod_posts;

alter default privileges in schema auth grant select, insert, update, delete on tables to iod_auth;
alter default privileges in schema profile grant select, insert, update, delete on tables to iod_profile;
alter default privileges in schema posts grant select, insert, update, delete on tables to iod_posts;
