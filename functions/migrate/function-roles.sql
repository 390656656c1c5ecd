-- Creates the login roles of the functions, named in the setting iod.roles, and sets what holds for all of them.
-- Runs before the migrations of every run and not once per database: a logical dump contains neither roles nor their
-- settings. What a role may do is granted in the migrations.
do $$
declare
  role text;
begin
  foreach role in array string_to_array(current_setting('iod.roles'), ',') loop
    if not exists (select from pg_roles where rolname = role) then
      execute format('create role %I login nosuperuser nocreatedb nocreaterole', role);
    end if;
    -- The clients wait a little longer: functions/shared/postgres/timeouts.ts.
    execute format('alter role %I set statement_timeout = %L', role, '1800ms');
    execute format('alter role %I set lock_timeout = %L', role, '1500ms');
    -- Compiling a plan takes longer than any statement here runs.
    execute format('alter role %I set jit = off', role);
    -- Starting two workers takes 4 ms, and the cores serve other requests.
    execute format('alter role %I set max_parallel_workers_per_gather = 0', role);
    execute format('alter role %I set idle_in_transaction_session_timeout = %L', role, '10s');
  end loop;
end
$$;
