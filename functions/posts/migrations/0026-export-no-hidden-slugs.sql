-- A post that is hidden again may have a new slug, which readers learned from the exports of their comments and favorites.
create or replace view posts.exported_comments as
  select comment.account_id, comment.id, jsonb_build_object(
      'post', case
        when post.state = 'published' and post.published_at <= now() or post.author_id = comment.account_id then post.slug
      end,
      'body', comment.body, 'createdAt', comment.created_at, 'updatedAt', comment.updated_at) as data
  from posts.comments comment
  join posts.posts post on (post.author_id, post.id) = (comment.author_id, comment.post_id)
  where comment.account_id is not null;

create or replace view posts.exported_favorites as
  select favorite.account_id, favorite.id, jsonb_build_object(
      'post', case
        when post.state = 'published' and post.published_at <= now() or post.author_id = favorite.account_id then post.slug
      end) as data
  from posts.favorites favorite
  join posts.posts post on (post.author_id, post.id) = (favorite.author_id, favorite.post_id);
