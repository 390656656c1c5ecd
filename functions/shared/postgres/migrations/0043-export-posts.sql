-- posts has its own verb for an account that goes; the guard for a schema without it is not needed any more.
drop function auth.erase_elsewhere;
grant usage on schema posts to iod_auth;

-- With an id to page by, at the end, since a view's columns can only be added to.
create or replace view posts.account_data as
  select author_id as account_id, 'post' as kind, created_at as at, jsonb_build_object(
      'slug', slug, 'state', state, 'title', title, 'summary', summary, 'body', body, 'tags', tags,
      'language', language, 'coverImageUrl', cover_image_url, 'canonicalUrl', canonical_url,
      'createdAt', created_at, 'updatedAt', updated_at, 'publishedAt', published_at) as data, id
  from posts.posts
  union all
  select comment.account_id, 'comment', comment.created_at, jsonb_build_object(
      'post', post.slug, 'body', comment.body, 'createdAt', comment.created_at, 'updatedAt', comment.updated_at),
      comment.id
  from posts.comments comment
  join posts.posts post on (post.author_id, post.id) = (comment.author_id, comment.post_id)
  union all
  select favorite.account_id, 'favorite', uuid_extract_timestamp(favorite.id), jsonb_build_object('post', post.slug),
      favorite.id
  from posts.favorites favorite
  join posts.posts post on (post.author_id, post.id) = (favorite.author_id, favorite.post_id);
