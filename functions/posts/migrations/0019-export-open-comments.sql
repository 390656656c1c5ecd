-- An export has every field that an author writes; this one was missing.
create or replace view posts.exported_posts as
  select author_id as account_id, id, jsonb_build_object(
      'slug', slug, 'state', state, 'title', title, 'summary', summary, 'body', body, 'tags', tags,
      'language', language, 'coverImageUrl', cover_image_url, 'canonicalUrl', canonical_url,
      'commentsOpen', comments_open,
      'createdAt', created_at, 'updatedAt', updated_at, 'publishedAt', published_at) as data
  from posts.posts;
