-- What auth does to the posts of an account that goes, in the transaction in which it goes. `anonymise` leaves what
-- everyone could read, without a name.
create function posts.erase_author(account uuid, mode text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if mode not in ('delete', 'anonymise') then
    raise invalid_parameter_value using message = 'mode must be delete or anonymise';
  end if;

  delete from posts.posts
  where author_id = account and (mode = 'delete' or state <> 'published' or published_at > now());

  if mode = 'anonymise' then
    update posts.comments set account_id = null where account_id = account;
  else
    delete from posts.comments comment
    where account_id = account and not exists (
      select from posts.comments reply
      where (reply.author_id, reply.post_id, reply.parent_id) = (comment.author_id, comment.post_id, comment.id)
    );
    update posts.comments
    set account_id = null, body = '', html = '', deleted_at = coalesce(deleted_at, posts.now_ms())
    where account_id = account;
  end if;

  delete from posts.favorites where account_id = account;
  delete from posts.idempotency_keys where account_id = account;
end
$$;
revoke execute on function posts.erase_author from public;
grant execute on function posts.erase_author to iod_auth;

-- All that posts keeps of an account, for the copy of its data that it may ask for.
create view posts.account_data as
  select author_id as account_id, 'post' as kind, created_at as at, jsonb_build_object(
      'slug', slug, 'state', state, 'title', title, 'summary', summary, 'body', body, 'tags', tags,
      'language', language, 'coverImageUrl', cover_image_url, 'canonicalUrl', canonical_url,
      'createdAt', created_at, 'updatedAt', updated_at, 'publishedAt', published_at) as data
  from posts.posts
  union all
  select comment.account_id, 'comment', comment.created_at, jsonb_build_object(
      'post', post.slug, 'body', comment.body, 'createdAt', comment.created_at, 'updatedAt', comment.updated_at)
  from posts.comments comment
  join posts.posts post on (post.author_id, post.id) = (comment.author_id, comment.post_id)
  union all
  select favorite.account_id, 'favorite', uuid_extract_timestamp(favorite.id), jsonb_build_object('post', post.slug)
  from posts.favorites favorite
  join posts.posts post on (post.author_id, post.id) = (favorite.author_id, favorite.post_id);
grant select on posts.account_data to iod_auth;
