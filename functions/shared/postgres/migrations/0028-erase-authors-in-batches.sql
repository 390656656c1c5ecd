-- What is still to be erased of accounts that are gone. A row stays for longer than an access token lives, so that what
-- its last token wrote is erased too.
create table posts.erasures (
  account_id uuid constraint erasures_pkey primary key,
  mode text not null,
  requested_at timestamptz(3) not null default posts.now_ms()
);

-- Erases some `batch` rows, and returns how many; 0 when nothing is left. Any number of times, each in a transaction of
-- its own: an author of 12,000 posts cannot be erased within the time that one statement has.
create function posts.erase_batch(account uuid, mode text, requested timestamptz, batch integer) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  fitting uuid[];
  first_post uuid;
  erased integer;
  more integer;
begin
  -- Favorites and comments go with their post. `anonymise` leaves what everyone could read at the time.
  select array_agg(id) filter (where weight <= batch), (array_agg(id order by id))[1] into fitting, first_post
  from (
    select post.id, sum(1 + coalesce(counts.favorites + counts.comments, 0)) over (order by post.id) as weight
    from (
      select author_id, id from posts.posts
      where author_id = account
        and (mode = 'delete' or state <> 'published' or published_at > requested or created_at > requested)
      order by id
      limit batch
    ) post
    left join posts.post_counts counts on (counts.author_id, counts.post_id) = (post.author_id, post.id)
  ) weighed;
  if fitting is not null then
    delete from posts.posts where author_id = account and id = any (fitting);
    return cardinality(fitting);
  end if;

  if first_post is not null then
    delete from posts.favorites favorite
    using (select account_id from posts.favorites where (author_id, post_id) = (account, first_post) limit batch) chosen
    where (favorite.author_id, favorite.post_id, favorite.account_id) = (account, first_post, chosen.account_id);
    get diagnostics erased = row_count;
    -- The newest first: a reply is newer than what it replies to.
    delete from posts.comments comment
    using (
      select id from posts.comments where (author_id, post_id) = (account, first_post) order by id desc limit batch
    ) chosen
    where (comment.author_id, comment.post_id, comment.id) = (account, first_post, chosen.id);
    get diagnostics more = row_count;
    if erased + more = 0 then
      delete from posts.posts where author_id = account and id = first_post;
    end if;
    return greatest(erased + more, 1);
  end if;

  if mode = 'anonymise' then
    update posts.comments comment set account_id = null
    from (select author_id, post_id, id from posts.comments where account_id = account limit batch) chosen
    where (comment.author_id, comment.post_id, comment.id) = (chosen.author_id, chosen.post_id, chosen.id);
    get diagnostics erased = row_count;
  else
    with chosen as materialized (
      select author_id, post_id, id, exists (
          select from posts.comments reply
          where (reply.author_id, reply.post_id, reply.parent_id) = (comment.author_id, comment.post_id, comment.id)
        ) as has_replies
      from posts.comments comment
      where account_id = account
      order by id desc
      limit batch
    ), gone as (
      delete from posts.comments comment using chosen
      where (comment.author_id, comment.post_id, comment.id) = (chosen.author_id, chosen.post_id, chosen.id)
        and not has_replies
    ), emptied as (
      update posts.comments comment
      set account_id = null, body = '', html = '', deleted_at = coalesce(comment.deleted_at, posts.now_ms())
      from chosen
      where (comment.author_id, comment.post_id, comment.id) = (chosen.author_id, chosen.post_id, chosen.id)
        and has_replies
    )
    select count(*) into erased from chosen;
  end if;

  delete from posts.favorites favorite
  using (select author_id, post_id from posts.favorites where account_id = account limit batch) chosen
  where (favorite.author_id, favorite.post_id, favorite.account_id) = (chosen.author_id, chosen.post_id, account);
  get diagnostics more = row_count;
  erased := erased + more;

  delete from posts.idempotency_keys kept
  using (select author_id, key from posts.idempotency_keys where account_id = account limit batch) chosen
  where (kept.author_id, kept.account_id, kept.key) = (chosen.author_id, account, chosen.key);
  get diagnostics more = row_count;
  erased := erased + more;

  if erased = 0 then
    delete from posts.author_totals totals
    where account_id = account and published = 0 and not exists (select from posts.posts where author_id = account);
  end if;
  return erased;
end
$$;

-- In the transaction in which the account goes: what takes half a second, which is all of most accounts, and a note of
-- the rest.
create or replace function posts.erase_author(account uuid, mode text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  requested constant timestamptz := posts.now_ms();
  until constant timestamptz := clock_timestamp() + interval '500 milliseconds';
begin
  if mode not in ('delete', 'anonymise') then
    raise invalid_parameter_value using message = 'mode must be delete or anonymise';
  end if;
  insert into posts.erasures as noted (account_id, mode, requested_at) values (account, mode, requested)
  on conflict (account_id) do update set mode = excluded.mode, requested_at = excluded.requested_at;
  while clock_timestamp() < until loop
    exit when posts.erase_batch(account, mode, requested, 100) = 0;
  end loop;
end
$$;

-- One batch of what is left of any account, by whoever has time; 0 when nothing is left of any.
create function posts.continue_erasures() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  noted record;
  erased integer;
begin
  for noted in select * from posts.erasures order by requested_at limit 1000 for update skip locked loop
    erased := posts.erase_batch(noted.account_id, noted.mode, noted.requested_at, 100);
    if erased > 0 then
      return erased;
    end if;
    delete from posts.erasures
    where account_id = noted.account_id and requested_at < now() - interval '30 minutes';
  end loop;
  return 0;
end
$$;
revoke execute on function posts.erase_batch, posts.continue_erasures from public;
grant execute on function posts.continue_erasures to iod_auth, iod_posts;
