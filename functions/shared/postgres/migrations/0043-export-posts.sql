-- posts has its own verb for an account that goes; the guard for a schema without it is not needed any more.
drop function auth.erase_elsewhere;
-- For that verb, and for its views of what it keeps of an account.
grant usage on schema posts to iod_auth;
