-- A deleted comment stays in its place as long as it has replies, and goes with the last of them; so do those above it.
-- A trigger, so that it holds whichever statement deletes. Comments are locked from the reply upwards, each before it is
-- looked at: of two last replies that go at once the second sees that the first is gone. Its name is before that of
-- comments_count_gone, since whoever holds a comment may wait for the post's counts, and never the other way round.
create function posts.remove_empty_parents() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  reply record;
  current_id uuid;
  next_id uuid;
  is_empty boolean;
begin
  -- What is deleted below, and what goes with its post.
  if pg_trigger_depth() > 1 then
    return null;
  end if;
  for reply in select distinct author_id, post_id, parent_id from former where parent_id is not null order by parent_id desc loop
    current_id := reply.parent_id;
    while current_id is not null loop
      select parent_id, deleted_at is not null into next_id, is_empty from posts.comments
      where author_id = reply.author_id and post_id = reply.post_id and id = current_id
      for update;
      exit when not found or not is_empty;
      perform from posts.comments
      where author_id = reply.author_id and post_id = reply.post_id and parent_id = current_id limit 1;
      exit when found;
      delete from posts.comments
      where author_id = reply.author_id and post_id = reply.post_id and id = current_id;
      current_id := next_id;
    end loop;
  end loop;
  return null;
end
$$;
create trigger comments_clear_parents after delete on posts.comments
  referencing old table as former for each statement execute function posts.remove_empty_parents();

-- Those that were left before.
delete from posts.comments placeholder
where deleted_at is not null and not exists (
  select from posts.comments reply
  where (reply.author_id, reply.post_id, reply.parent_id)
    = (placeholder.author_id, placeholder.post_id, placeholder.id)
);
