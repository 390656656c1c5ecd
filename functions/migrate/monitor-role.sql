-- Creates the role of an exporter: it reads statistics and settings, and no row of any table.
do $$
begin
  if not exists (select from pg_roles where rolname = 'iod_monitor') then
    create role iod_monitor login nosuperuser nocreatedb nocreaterole;
  end if;
end
$$;
grant pg_monitor to iod_monitor;
alter role iod_monitor connection limit 5;
alter role iod_monitor set statement_timeout = '10s';
