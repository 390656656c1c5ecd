create schema media;
grant usage on schema media to iod_media;
create table media.formats (name text constraint formats_pkey primary key);
grant select on media.formats to iod_media;
insert into media.formats (name) values ('avif'), ('webp');
-- Which sessions have ended is every function's to know.
grant usage on schema auth to iod_media;
grant select on auth.revocations to iod_media;
