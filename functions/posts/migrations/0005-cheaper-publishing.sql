create or replace function posts.plain_words(words text) returns text
language sql immutable parallel safe return case
  when words ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]'
  then posts.pair_characters(regexp_replace(words, '[-._/@:+~<>&;=?%#''"]', ' ', 'g'))
  else regexp_replace(words, '[-._/@:+~<>&;=?%#''"]', ' ', 'g')
end;
comment on function posts.plain_words is
'Words are letters and digits, in texts as in queries. The parser of Postgres also looks for hosts, addresses, paths, tags
and hyphenated words, in a time that grows with the square of a text like a_a_a_a: 5 s for 60 kB. Without the characters
those consist of, it reads every text in one pass. translate compares each character with each of them, and takes ten
times as long.';

-- ---- Counters of an author and of a tag, from a queue

create table posts.count_changes (
  id uuid constraint count_changes_pkey primary key default uuidv7(),
  author_id uuid not null,
  change integer not null,
  tags text[] not null
);
comment on table posts.count_changes is
'Changes that author_totals and tags do not include yet: writers of one tag or one author would wait for each other''s
commit. Readers add them; posts applies them after its writes, many at a time.';
create index count_changes_of_author on posts.count_changes (author_id);

create function posts.apply_count_changes() returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  with taken as (
    delete from posts.count_changes queued
    using (select id from posts.count_changes order by id limit 10000 for update) first
    where queued.id = first.id
    returning queued.author_id, queued.change, queued.tags
  ), authors as (
    insert into posts.author_totals as totals (account_id, published)
    select author_id, sum(change) from taken group by author_id having sum(change) <> 0 order by author_id
    on conflict (account_id) do update set published = totals.published + excluded.published
  )
  insert into posts.tags as counted (tag, posts)
  select tag, sum(change) from taken, unnest(tags) tag group by tag having sum(change) <> 0 order by tag
  on conflict (tag) do update set posts = counted.posts + excluded.posts;
end
$$;
comment on function posts.apply_count_changes is
'Waits for another run, so that its caller sees all changes that were committed before. Counter rows are locked in the
order of their keys.';

create function posts.update_counters() returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update posts.posts post set is_counted = true
  from (
    select author_id, id from posts.posts
    where state = 'published' and not is_counted and published_at <= now()
    order by published_at limit 100
    for update skip locked
  ) due
  where post.author_id = due.author_id and post.id = due.id;
  perform posts.apply_count_changes();
end
$$;
comment on function posts.update_counters is
'Counts scheduled posts whose time has come, but for rows locked by others, and applies count_changes.';

create or replace view posts.author_counts as
  select totals.account_id, totals.published + (
      select coalesce(sum(queued.change), 0) from posts.count_changes queued where queued.author_id = totals.account_id
    ) + (
      select count(*) from posts.posts post
      where post.author_id = totals.account_id and post.state = 'published' and not post.is_counted
        and post.published_at <= now()
    ) as published_count
  from posts.author_totals totals;
comment on view posts.author_counts is
'The number of public posts of an author, for profile. The first post of an author inserts the row of author_totals.';

-- Also inserts the language, which a trigger on each row looked up again.
create or replace function posts.note_new_posts() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into posts.post_counts (author_id, post_id, published_at)
  select author_id, id, case when state = 'published' then published_at end from added;

  insert into posts.post_tags (author_id, post_id, tag, published_at, language)
  select author_id, id, tag, published_at, language from added, unnest(tags) tag where state = 'published';

  insert into posts.author_totals (account_id, published)
  select distinct author_id, 0 from added order by author_id
  on conflict (account_id) do nothing;
  insert into posts.count_changes (author_id, change, tags)
  select author_id, 1, tags from added where is_counted;

  perform posts.add_title_words(array(select title from added where state = 'published'));
  return null;
end
$$;

create or replace function posts.note_changed_posts() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from changed) then
    return null;
  end if;

  update posts.post_counts counts
  set published_at = case when changed.state = 'published' then changed.published_at end
  from changed
  where (counts.author_id, counts.post_id) = (changed.author_id, changed.id)
    and counts.published_at is distinct from case when changed.state = 'published' then changed.published_at end;

  delete from posts.post_tags tagged
  using changed join former using (author_id, id)
  where (tagged.author_id, tagged.post_id) = (changed.author_id, changed.id)
    and (changed.tags, changed.state, changed.published_at) is distinct from (former.tags, former.state, former.published_at);
  insert into posts.post_tags (author_id, post_id, tag, published_at, favorites, language)
  select changed.author_id, changed.id, tag, changed.published_at, counts.favorites, changed.language
  from changed
  join former using (author_id, id)
  join posts.post_counts counts on (counts.author_id, counts.post_id) = (changed.author_id, changed.id),
    unnest(changed.tags) tag
  where changed.state = 'published'
    and (changed.tags, changed.state, changed.published_at) is distinct from (former.tags, former.state, former.published_at);

  insert into posts.count_changes (author_id, change, tags)
  select changed.author_id, one.change, one.tags
  from changed
  join former using (author_id, id),
    lateral (values (-1, former.is_counted, former.tags), (1, changed.is_counted, changed.tags)) one (change, is_counted, tags)
  where one.is_counted and (changed.is_counted, changed.tags) is distinct from (former.is_counted, former.tags);

  perform posts.add_title_words(array(
    select changed.title from changed join former using (author_id, id)
    where changed.state = 'published' and (changed.title, changed.state) is distinct from (former.title, former.state)
  ));
  return null;
end
$$;

create or replace function posts.note_gone_posts() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into posts.count_changes (author_id, change, tags)
  select author_id, -1, tags from gone where is_counted;
  return null;
end
$$;

drop trigger post_tags_copy_language on posts.post_tags;
drop function posts.copy_language_to_tag();
drop function posts.add_to_totals(uuid[], integer[], text[], integer[]);

create or replace function posts.continue_erasures() returns integer
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
    perform posts.apply_count_changes();
    delete from posts.author_totals totals
    where account_id = noted.account_id and published = 0
      and not exists (select from posts.posts where author_id = noted.account_id);
    delete from posts.erasures
    where account_id = noted.account_id and requested_at < now() - interval '30 minutes';
  end loop;
  return 0;
end
$$;
