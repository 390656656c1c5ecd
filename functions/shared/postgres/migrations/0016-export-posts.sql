-- What posts keeps of an account, for its export: one view per list, `id` orders it.
drop view posts.account_data;
create view posts.exported_posts as
  select author_id as account_id, id, jsonb_build_object(
      'slug', slug, 'state', state, 'title', title, 'summary', summary, 'body', body, 'tags', tags,
      'language', language, 'coverImageUrl', cover_image_url, 'canonicalUrl', canonical_url,
      'createdAt', created_at, 'updatedAt', updated_at, 'publishedAt', published_at) as data
  from posts.posts;
create view posts.exported_comments as
  select comment.account_id, comment.id, jsonb_build_object(
      'post', post.slug, 'body', comment.body, 'createdAt', comment.created_at, 'updatedAt', comment.updated_at) as data
  from posts.comments comment
  join posts.posts post on (post.author_id, post.id) = (comment.author_id, comment.post_id)
  where comment.account_id is not null;
create view posts.exported_favorites as
  select favorite.account_id, favorite.id, jsonb_build_object('post', post.slug) as data
  from posts.favorites favorite
  join posts.posts post on (post.author_id, post.id) = (favorite.author_id, favorite.post_id);
grant select on posts.exported_posts, posts.exported_comments, posts.exported_favorites to iod_auth;
