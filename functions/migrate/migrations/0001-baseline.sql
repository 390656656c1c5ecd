-- Roles may use only what is granted to them in the schemas of the functions.
revoke all on schema public from public;
revoke all on all tables in schema public from public;

-- The source of slow statements for the monitor. Not every provider offers it, and nothing else needs it.
do $$
begin
  create extension if not exists pg_stat_statements with schema public;
exception
  when undefined_file or feature_not_supported or insufficient_privilege then
    raise notice 'pg_stat_statements is not available here';
end
$$;
