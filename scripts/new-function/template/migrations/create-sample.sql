create schema sample;
comment on schema sample is 'What sample is for.';
grant usage on schema sample to iod_sample;
alter default privileges in schema sample grant select, insert, update, delete on tables to iod_sample;

create table sample.items (
  id uuid constraint items_pkey primary key default uuidv7(),
  name text not null
);
insert into sample.items (name) values ('first');

-- Which sessions have ended, for every function that checks access tokens.
grant usage on schema auth to iod_sample;
grant select on auth.recent_revocations to iod_sample;
