-- A former slug redirects for as long as it is one of the post's 20 latest: otherwise one post could take any number of
-- names from all others. Those from before have no time and count as the oldest.
alter table posts.slugs add column retired_at timestamptz(3);

create function posts.retire_slug() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update posts.slugs
  set retired_at = case slug when old.slug then posts.now_ms() end
  where (author_id, post_id) = (new.author_id, new.id) and slug in (old.slug, new.slug);
  delete from posts.slugs directory
  using (
    select slug from posts.slugs
    where (author_id, post_id) = (new.author_id, new.id) and slug <> new.slug
    order by retired_at desc nulls last, slug
    offset 20
  ) oldest
  where directory.slug = oldest.slug;
  return null;
end
$$;
create trigger posts_retire_slug after update of slug on posts.posts
  for each row when (old.slug <> new.slug) execute function posts.retire_slug();

-- Of the next `batch` words after `place`, removes those that no public post has any more; returns the last one looked
-- at, null at the end. A hundred posts with a word are as good as a million, which would all be read.
create function posts.remove_unused_words(place text, batch integer) returns text
language sql security definer set search_path = pg_catalog, pg_temp set gin_fuzzy_search_limit = 100 as $$
  with looked_at as materialized (
    select word from posts.title_words where word > place order by word limit batch
  ), unused as (
    delete from posts.title_words known using looked_at
    where known.word = looked_at.word and not exists (
      select from posts.posts post
      where post.state = 'published' and post.search @@ quote_literal(looked_at.word)::tsquery
    )
  )
  select max(word) from looked_at
$$;
revoke execute on function posts.remove_unused_words from public;
grant execute on function posts.remove_unused_words to iod_posts;
