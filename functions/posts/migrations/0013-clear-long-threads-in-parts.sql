-- Deleted comments that may have lost their last reply, when one statement had removed enough of their replies.
create table posts.emptied_comments (
  author_id uuid not null,
  post_id uuid not null,
  id uuid not null,
  constraint emptied_comments_pkey primary key (author_id, post_id, id)
);
grant select, insert, update, delete on posts.emptied_comments to iod_posts;

create or replace function posts.remove_empty_parents() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  reply record;
  current_id uuid;
  next_id uuid;
  is_empty boolean;
  levels integer := 0;
begin
  -- Deletions by this trigger, and those that cascade from the post.
  if pg_trigger_depth() > 1 then
    return null;
  end if;
  for reply in select distinct author_id, post_id, parent_id from former where parent_id is not null order by parent_id desc loop
    current_id := reply.parent_id;
    while current_id is not null loop
      if levels >= 500 then
        insert into posts.emptied_comments values (reply.author_id, reply.post_id, current_id) on conflict do nothing;
        exit;
      end if;
      levels := levels + 1;
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
comment on function posts.remove_empty_parents is
'Deletes a deleted comment with the last of its replies, and likewise its parents: 500 of them, which takes 40 ms, since
nothing bounds the depth of replies. clear_emptied_comments does the rest. A trigger, so that it holds for every statement.
Locks comments from the reply upwards, each before it is read: of two last replies deleted at once, the second sees that the
first is gone. The trigger''s name sorts before comments_count_gone: a transaction that holds a comment may wait for the
post''s counters, never the reverse.';

create function posts.clear_emptied_comments() returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  emptied posts.emptied_comments;
begin
  delete from posts.emptied_comments
  where (author_id, post_id, id) = (
    select first.author_id, first.post_id, first.id from posts.emptied_comments first limit 1 for update skip locked
  )
  returning * into emptied;
  if not found then
    return false;
  end if;
  perform from posts.comments
  where (author_id, post_id, id) = (emptied.author_id, emptied.post_id, emptied.id)
  for update;
  delete from posts.comments comment
  where (author_id, post_id, id) = (emptied.author_id, emptied.post_id, emptied.id) and deleted_at is not null
    and not exists (
      select from posts.comments reply
      where (reply.author_id, reply.post_id, reply.parent_id) = (comment.author_id, comment.post_id, comment.id)
    );
  return true;
end
$$;
comment on function posts.clear_emptied_comments is
'Deletes one deleted comment without replies that remove_empty_parents has left, and so up to 500 of its parents; false if
there is none.';
