-- Without a transaction: each statement runs by itself, and all again if one has failed.
drop index concurrently if exists posts.posts_searched;
create index concurrently posts_searched on posts.posts
  using gin (search, tags, (array[author_id]), (array[language]), posts.days_of(published_at)) where state = 'published';
comment on index posts.posts_searched is
'Finds posts by words together with filters and a period: a search reads none that one of these excludes.';
drop index concurrently if exists posts.posts_found;
drop index concurrently if exists posts.posts_by_age;
analyze posts.posts;
