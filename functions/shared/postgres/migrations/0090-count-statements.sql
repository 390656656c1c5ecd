-- What the monitor reads slow statements from. Not every provider offers it, and nothing else needs it.
do $$
begin
  create extension if not exists pg_stat_statements with schema public;
exception
  when undefined_file or feature_not_supported or insufficient_privilege then
    raise notice 'pg_stat_statements is not available here';
end
$$;
