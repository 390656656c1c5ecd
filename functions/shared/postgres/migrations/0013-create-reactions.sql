-- Favorites and comments lie where their post lies, so that its counts change in the same transaction.
create table posts.favorites (
  author_id uuid not null,
  post_id uuid not null,
  account_id uuid not null,
  id uuid not null default uuidv7(),
  constraint favorites_pkey primary key (author_id, post_id, account_id),
  constraint favorites_post_fkey foreign key (author_id, post_id) references posts.posts on delete cascade
);
create index favorites_of_account on posts.favorites (account_id, id desc) include (author_id, post_id);

-- account_id is who wrote it, null when that account is gone. A deleted comment that has replies stays, empty.
create table posts.comments (
  author_id uuid not null,
  post_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid,
  account_id uuid,
  version integer not null default 1,
  created_at timestamptz(3) not null default posts.now_ms(),
  updated_at timestamptz(3) not null default posts.now_ms(),
  deleted_at timestamptz(3),
  body text not null,
  html text not null,
  constraint comments_pkey primary key (author_id, post_id, id),
  constraint comments_post_fkey foreign key (author_id, post_id) references posts.posts on delete cascade,
  constraint comments_parent_fkey foreign key (author_id, post_id, parent_id) references posts.comments
);
create index comments_of_parent on posts.comments (author_id, post_id, parent_id, id);
create index comments_of_account on posts.comments (account_id, id) where account_id is not null;

create function posts.add_to_counts(authors uuid[], posts uuid[], favorite_changes integer[], comment_changes integer[])
returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform from posts.post_counts counts
  where (counts.author_id, counts.post_id) in (select * from unnest(authors, posts))
  order by counts.author_id, counts.post_id
  for no key update;

  update posts.post_counts counts
  set favorites = counts.favorites + change.favorites, comments = counts.comments + change.comments
  from (
    select author_id, post_id, sum(favorites) as favorites, sum(comments) as comments
    from unnest(authors, posts, favorite_changes, comment_changes) as one (author_id, post_id, favorites, comments)
    group by author_id, post_id
  ) change
  where (counts.author_id, counts.post_id) = (change.author_id, change.post_id);
end
$$;

create function posts.copy_favorites(authors uuid[], posts uuid[])
returns void language sql set search_path = pg_catalog, pg_temp as $$
  update posts.post_tags tagged
  set favorites = counts.favorites
  from posts.post_counts counts
  where (counts.author_id, counts.post_id) in (select * from unnest(authors, posts))
    and (tagged.author_id, tagged.post_id) = (counts.author_id, counts.post_id)
    and tagged.favorites <> counts.favorites
$$;

create function posts.count_favorites() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  change constant integer := case tg_op when 'INSERT' then 1 else -1 end;
  authors constant uuid[] := array(select author_id from changed order by id);
  posts constant uuid[] := array(select post_id from changed order by id);
begin
  perform posts.add_to_counts(authors, posts, array_fill(change, array[cardinality(posts)]),
    array_fill(0, array[cardinality(posts)]));
  perform posts.copy_favorites(authors, posts);
  return null;
end
$$;
create trigger favorites_count_new after insert on posts.favorites
  referencing new table as changed for each statement execute function posts.count_favorites();
create trigger favorites_count_gone after delete on posts.favorites
  referencing old table as changed for each statement execute function posts.count_favorites();

create function posts.count_comments() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  gone uuid[] := '{}';
  gone_authors uuid[] := '{}';
  come uuid[] := '{}';
  come_authors uuid[] := '{}';
begin
  if tg_op <> 'INSERT' then
    gone := array(select post_id from former where deleted_at is null order by id);
    gone_authors := array(select author_id from former where deleted_at is null order by id);
  end if;
  if tg_op <> 'DELETE' then
    come := array(select post_id from present where deleted_at is null order by id);
    come_authors := array(select author_id from present where deleted_at is null order by id);
  end if;
  if gone = come then
    return null;
  end if;
  perform posts.add_to_counts(come_authors || gone_authors, come || gone,
    array_fill(0, array[cardinality(come) + cardinality(gone)]),
    array_fill(1, array[cardinality(come)]) || array_fill(-1, array[cardinality(gone)]));
  return null;
end
$$;
create trigger comments_count_new after insert on posts.comments
  referencing new table as present for each statement execute function posts.count_comments();
create trigger comments_count_changed after update on posts.comments
  referencing old table as former new table as present for each statement execute function posts.count_comments();
create trigger comments_count_gone after delete on posts.comments
  referencing old table as former for each statement execute function posts.count_comments();
