-- Sessions that ended while access tokens of theirs may still be good: what every function asks for.
-- No reference to auth.sessions: deleting an account must leave its sessions here.
create table auth.revocations (
  session_id uuid constraint revocations_pkey primary key,
  revoked_at timestamptz not null default now()
);
create index revocations_time on auth.revocations (revoked_at);

-- A trigger, so that no statement that ends or deletes sessions can forget it.
create function auth.note_revocation() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into auth.revocations (session_id) values (old.id) on conflict (session_id) do nothing;
  return null;
end
$$;
create trigger sessions_note_ended after update of ended_at on auth.sessions
  for each row when (old.ended_at is null and new.ended_at is not null) execute function auth.note_revocation();
create trigger sessions_note_deleted after delete on auth.sessions
  for each row when (old.ended_at is null) execute function auth.note_revocation();

-- Longer than an access token lives (15 min) and two clocks may differ.
create view auth.recent_revocations as
  select session_id, revoked_at from auth.revocations where revoked_at > now() - interval '20 minutes';
grant select on auth.recent_revocations to iod_profile, iod_posts;
