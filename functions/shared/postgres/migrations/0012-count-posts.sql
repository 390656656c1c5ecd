-- Counters and the tags table are kept by the statement that changes the posts, whichever it is, so they cannot drift.
-- Rows of counters are always taken in the order of their keys: two writers must not wait for each other.
create function posts.decide_counted() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.is_counted := new.state = 'published' and new.published_at <= now();
  return new;
end
$$;
create trigger posts_decide_counted before insert or update on posts.posts
  for each row execute function posts.decide_counted();

create function posts.add_to_totals(added_authors uuid[], author_changes integer[], added_tags text[], tag_changes integer[])
returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into posts.author_totals as totals (account_id, published)
  select account_id, sum(change) from unnest(added_authors, author_changes) as one (account_id, change)
  group by account_id order by account_id
  on conflict (account_id) do update set published = totals.published + excluded.published;

  insert into posts.tags as counted (tag, posts)
  select tag, sum(change) from unnest(added_tags, tag_changes) as one (tag, change)
  group by tag having sum(change) <> 0 order by tag
  on conflict (tag) do update set posts = counted.posts + excluded.posts;
end
$$;

create function posts.add_title_words(titles text[]) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  insert into posts.title_words (word)
  select distinct word from unnest(titles) title, unnest(tsvector_to_array(to_tsvector('posts.other', title))) word
  where length(word) between 3 and 40
  order by word
  on conflict (word) do nothing
$$;

create function posts.note_new_posts() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into posts.post_counts (author_id, post_id, published_at)
  select author_id, id, case when state = 'published' then published_at end from added;

  insert into posts.post_tags (author_id, post_id, tag, published_at)
  select author_id, id, tag, published_at from added, unnest(tags) tag where state = 'published';

  perform posts.add_to_totals(
    array(select author_id from added order by id), array(select is_counted::integer from added order by id),
    array(select tag from added, unnest(tags) tag where is_counted),
    array(select 1 from added, unnest(tags) tag where is_counted)
  );
  perform posts.add_title_words(array(select title from added where state = 'published'));
  return null;
end
$$;
create trigger posts_note_new after insert on posts.posts
  referencing new table as added for each statement execute function posts.note_new_posts();

create function posts.note_changed_posts() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update posts.post_counts counts
  set published_at = case when changed.state = 'published' then changed.published_at end
  from changed
  where (counts.author_id, counts.post_id) = (changed.author_id, changed.id)
    and counts.published_at is distinct from case when changed.state = 'published' then changed.published_at end;

  delete from posts.post_tags tagged
  using changed join former using (author_id, id)
  where (tagged.author_id, tagged.post_id) = (changed.author_id, changed.id)
    and (changed.tags, changed.state, changed.published_at) is distinct from (former.tags, former.state, former.published_at);
  insert into posts.post_tags (author_id, post_id, tag, published_at, favorites)
  select changed.author_id, changed.id, tag, changed.published_at, counts.favorites
  from changed
  join former using (author_id, id)
  join posts.post_counts counts on (counts.author_id, counts.post_id) = (changed.author_id, changed.id),
    unnest(changed.tags) tag
  where changed.state = 'published'
    and (changed.tags, changed.state, changed.published_at) is distinct from (former.tags, former.state, former.published_at);

  perform posts.add_to_totals(
    array(select author_id from changed order by id) || array(select author_id from former order by id),
    array(select is_counted::integer from changed order by id) || array(select -is_counted::integer from former order by id),
    array(select tag from changed, unnest(tags) tag where is_counted)
      || array(select tag from former, unnest(tags) tag where is_counted),
    array(select 1 from changed, unnest(tags) tag where is_counted)
      || array(select -1 from former, unnest(tags) tag where is_counted)
  );
  perform posts.add_title_words(array(select title from changed where state = 'published'));
  return null;
end
$$;
create trigger posts_note_changed after update on posts.posts
  referencing old table as former new table as changed for each statement execute function posts.note_changed_posts();

create function posts.note_gone_posts() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform posts.add_to_totals(
    array(select author_id from gone order by id), array(select -is_counted::integer from gone order by id),
    array(select tag from gone, unnest(tags) tag where is_counted),
    array(select -1 from gone, unnest(tags) tag where is_counted)
  );
  return null;
end
$$;
create trigger posts_note_gone after delete on posts.posts
  referencing old table as gone for each statement execute function posts.note_gone_posts();

-- How many of an author's posts everyone can read, for profile.
create view posts.author_counts as
  select totals.account_id, totals.published + (
      select count(*) from posts.posts post
      where post.author_id = totals.account_id and post.state = 'published' and not post.is_counted
        and post.published_at <= now()
    ) as published_count
  from posts.author_totals totals;
grant usage on schema posts to iod_auth, iod_profile;
grant select on posts.author_counts to iod_profile;
