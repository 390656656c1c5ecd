create schema posts;
comment on schema posts is
'Posts, comments and favorites. Everything of a post is partitioned by its author: see docs/data-model.md. No table refers
to auth.accounts, so that posts can stay when their author''s account is deleted; posts.erase_author deletes an account.';
grant usage on schema posts to iod_posts, iod_auth, iod_profile;
alter default privileges in schema posts grant select, insert, update, delete on tables to iod_posts;

-- ---- Search

-- In this schema, because the functions' roles have no rights on public.
create extension if not exists unaccent schema posts;
create extension if not exists pg_trgm schema posts;

-- One text search configuration per language that Postgres can stem, all without accents; `other` stems nothing.
do $$
declare
  known record;
begin
  for known in
    select * from (values
      ('ca', 'catalan'), ('da', 'danish'), ('de', 'german'), ('el', 'greek'), ('en', 'english'), ('es', 'spanish'),
      ('fi', 'finnish'), ('fr', 'french'), ('hu', 'hungarian'), ('id', 'indonesian'), ('it', 'italian'),
      ('lt', 'lithuanian'), ('nl', 'dutch'), ('no', 'norwegian'), ('pt', 'portuguese'), ('ro', 'romanian'),
      ('ru', 'russian'), ('sr', 'serbian'), ('sv', 'swedish'), ('tr', 'turkish')
    ) as languages (code, stemmer)
  loop
    execute format('create text search configuration posts.%I (copy = pg_catalog.%I)', known.code, known.stemmer);
    execute format(
      'alter text search configuration posts.%I alter mapping for hword, hword_part, word with posts.unaccent, pg_catalog.%I',
      known.code, known.stemmer || '_stem'
    );
  end loop;
end
$$;
create text search configuration posts.other (copy = pg_catalog.simple);
alter text search configuration posts.other
  alter mapping for hword, hword_part, word with posts.unaccent, pg_catalog.simple;

-- Immutable as far as an index cares: a migration adds configurations, but never changes one.
create function posts.search_configuration(language text) returns regconfig
language sql immutable parallel safe as $$
  select case
    when language in (
      'ca', 'da', 'de', 'el', 'en', 'es', 'fi', 'fr', 'hu', 'id', 'it', 'lt', 'nl', 'no', 'pt', 'ro', 'ru', 'sr', 'sv', 'tr'
    ) then ('posts.' || language)::regconfig
    else 'posts.other'::regconfig
  end
$$;

create function posts.search_configurations(language text) returns regconfig[]
language sql immutable parallel safe return case when language is null then array[
    'posts.other', 'posts.ca', 'posts.da', 'posts.de', 'posts.el', 'posts.en', 'posts.es', 'posts.fi', 'posts.fr',
    'posts.hu', 'posts.id', 'posts.it', 'posts.lt', 'posts.nl', 'posts.no', 'posts.pt', 'posts.ro', 'posts.ru',
    'posts.sr', 'posts.sv', 'posts.tr'
  ]::regconfig[] else array['posts.other', posts.search_configuration(language)]::regconfig[] end;

create function posts.pair_characters(words text) returns text
language sql immutable parallel safe as $$
  with spaced as materialized (
    select regexp_replace(left(words, 40000), '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)', ' \1 ', 'g') as words
  )
  select string_agg(regexp_replace(
      shifted.words,
      '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff][\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])',
      '\1 ', 'g'
    ), ' ')
  from (
    select words from spaced
    union all
    select regexp_replace(words, ' ([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])', ' \1 ', 'g') from spaced
  ) shifted
$$;
comment on function posts.pair_characters is
'Splits scripts without spaces between words (Thai, Lao, Burmese, Khmer, Japanese, Chinese), and Hangul, into pairs of
characters, so that a word is found wherever it is in a run. A run has pairs from its first character and from its
second; each series leaves one end alone. Costs 1.3 µs per character, hence only the first 40,000 of a text. The posts
function has the same list of scripts in its words.ts.';

create function posts.plain_words(words text) returns text
language sql immutable parallel safe return case
  when words ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]'
  then posts.pair_characters(translate(words, '._-/@:+~<>&;=?%#''"', '                   '))
  else translate(words, '._-/@:+~<>&;=?%#''"', '                   ')
end;
comment on function posts.plain_words is
'Words are letters and digits, in texts as in queries. The parser of Postgres also looks for hosts, addresses, paths, tags
and hyphenated words, in a time that grows with the square of a text like a_a_a_a: 5 s for 60 kB. Without the characters
those consist of, it reads every text in one pass.';

create function posts.without_signs(words text) returns text
language sql immutable parallel safe
  return translate(words, '._-/@:+~<>&;=?%#''"', E'\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f');
create function posts.with_signs(words text) returns text
language sql immutable parallel safe
  return translate(words, E'\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f', '._-/@:+~<>&;=?%#''"');
comment on function posts.without_signs is
'Replaces each of those characters by a control character, which no text here has; with_signs restores them.';

create function posts.search_vector(language text, title text, summary text, tags text[], body text) returns tsvector
language sql immutable parallel safe return ts_delete(
  setweight(to_tsvector('posts.other', posts.plain_words(title)), 'A') || '''.'':2'::tsvector
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(title)), 'A') || '''.'':2'::tsvector
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(coalesce(summary, ''))), 'B') || '''.'':2'::tsvector
  || setweight(to_tsvector('posts.other', posts.plain_words(array_to_string(tags, ' '))), 'B') || '''.'':2'::tsvector
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(body)), 'D'),
  '.'
);
comment on function posts.search_vector is
'The title is indexed stemmed and unstemmed, so that the first letters of its words find it. A gap separates the parts: no
phrase spans the end of one and the start of the next. The lexeme that makes the gap occurs in no text and is deleted.';

create function posts.search_query(words text, language text) returns tsquery
language sql immutable parallel safe as $$
  with queries as (
    select distinct to_tsquery(configuration, words)::text as query
    from unnest(case when language is null then array[
      'posts.other', 'posts.ca', 'posts.da', 'posts.de', 'posts.el', 'posts.en', 'posts.es', 'posts.fi', 'posts.fr',
      'posts.hu', 'posts.id', 'posts.it', 'posts.lt', 'posts.nl', 'posts.no', 'posts.pt', 'posts.ro', 'posts.ru',
      'posts.sr', 'posts.sv', 'posts.tr'
    ]::regconfig[] else array['posts.other', posts.search_configuration(language)]::regconfig[] end) configuration
  )
  select string_agg('(' || query || ')', ' | ')::tsquery
  from queries
  where query <> '' and not exists (
    select from queries wider
    where wider.query like '%'':*' and wider.query <> queries.query and starts_with(queries.query, left(wider.query, -3))
  )
$$;
comment on function posts.search_query(text, text) is
'What each language makes of the words: of one language, or without one of all, since each post is stemmed by its own.
Immutable, so that the plan is made for these words. A query that a wider prefix query contains is left out: ''wave'':*
finds nothing that ''wav'':* does not, and each reads the whole posting list.';

create function posts.search_query(required text, excluded text, language text) returns tsquery
language sql immutable parallel safe as $$
  select case when unwanted is null then wanted else wanted && !! unwanted end
  from (
    select posts.search_query(required, language) as wanted, posts.search_query(excluded, language) as unwanted
  ) each_query
$$;
comment on function posts.search_query(text, text, text) is
'Matches all that is required and nothing that is excluded, in any form a language has of it.';

create function posts.has_only_stop_words(words text[], language text) returns boolean
language sql immutable parallel safe as $$
  select coalesce(bool_and(exists (
    select from unnest(posts.search_configurations(language)) configuration
    where numnode(to_tsquery(configuration, word)) = 0
  )), true)
  from unnest(words) word
$$;

create function posts.prefix_query(others text, last text, excluded text, language text) returns tsquery
language sql immutable parallel safe as $$
  with queries as (
    select distinct case
      when others is null then to_tsquery('posts.other', last || ':*')
      else to_tsquery(configuration, others) && to_tsquery('posts.other', last || ':*')
    end as query
    from unnest(posts.search_configurations(language)) configuration
  ), wanted as (
    select string_agg('(' || query::text || ')', ' | ')::tsquery as query from queries
  ), unwanted as (
    select posts.search_query(excluded, language) as query
  )
  select case when unwanted.query is null then wanted.query else wanted.query && !! unwanted.query end
  from wanted, unwanted
  where not posts.has_only_stop_words(array[last], language)
$$;
comment on function posts.prefix_query is
'The same, with the last word as the beginning of another: as written and not its stem, since ''mars'' does not begin
''market''. Null for a stop word: nobody looks for all words that begin with ''the''.';

create table posts.title_words (
  word text constraint title_words_pkey primary key
);
comment on table posts.title_words is
'The vocabulary of public titles, from which a mistyped word gets similar terms. It grows more slowly than the posts.';
create index title_words_similar on posts.title_words using gin (word posts.gin_trgm_ops);

create function posts.similar_query(words text[]) returns tsquery
language sql stable parallel safe set pg_trgm.similarity_threshold = 0.35 as $$
  select case when count(likened.alternatives) = cardinality(words)
    then string_agg('(' || likened.alternatives || ')', ' & ')::tsquery end
  from unnest(words) as given (word)
  left join lateral (
    select string_agg('''' || closest.word || '''', ' | ') as alternatives
    from (
      select known.word from posts.title_words known
      where known.word operator(posts.%) lower(given.word)
      order by posts.similarity(known.word, lower(given.word)) desc, known.word
      limit 4
    ) closest
  ) likened on true
$$;
comment on function posts.similar_query is
'Posts with a word similar to each of these; null when a word has no similar one. Not limited to titles: the index does not
know positions, so every post with a common word in its body was read (1.2 s with a million posts).';

-- ---- Posts

create function posts.now_ms() returns timestamptz language sql stable parallel safe
  return date_trunc('milliseconds', now());
comment on function posts.now_ms is
'Milliseconds, as the API shows them: a time in a cursor equals the time in the row.';

create table posts.posts (
  author_id uuid not null,
  id uuid not null default uuidv7(),
  version integer not null default 1,
  slug text not null,
  state text not null constraint posts_state_known check (state in ('draft', 'published', 'archived')),
  is_counted boolean not null default false,
  comments_open boolean not null default true,
  reading_minutes integer not null,
  created_at timestamptz(3) not null default posts.now_ms(),
  updated_at timestamptz(3) not null default posts.now_ms(),
  published_at timestamptz(3),
  title text not null,
  language text,
  tags text[] not null default '{}',
  summary text,
  excerpt text not null,
  cover_image_url text,
  canonical_url text,
  body text not null,
  html text not null,
  search tsvector not null
    generated always as (posts.search_vector(language, title, summary, tags, body)) stored,
  constraint posts_pkey primary key (author_id, id),
  constraint posts_published_at_known check (state <> 'published' or published_at is not null)
);
comment on column posts.posts.state is 'A scheduled post is a published one whose published_at has not come yet.';
comment on column posts.posts.is_counted is
'Whether the counters include the post; they include a scheduled post only later.';
create index posts_by_time on posts.posts (published_at desc, id desc) where state = 'published';
create index posts_by_author on posts.posts (author_id, published_at desc, id desc) where state = 'published';
create index posts_by_language on posts.posts (language, published_at desc, id desc) where state = 'published';
create index posts_by_author_and_language on posts.posts (author_id, language, published_at desc, id desc)
  where state = 'published' and language is not null;
create index posts_found on posts.posts using gin (search) where state = 'published';
create index posts_unpublished on posts.posts (author_id, state, id desc) where state <> 'published';
comment on index posts.posts_unpublished is 'Drafts and archived posts of an author.';
create index posts_uncounted on posts.posts (published_at, author_id) where state = 'published' and not is_counted;
comment on index posts.posts_uncounted is
'Scheduled posts, and those whose time has come since: few, whatever the number of posts.';
create index posts_by_age on posts.posts
  using brin (published_at timestamptz_minmax_multi_ops) with (pages_per_range = 512, autosummarize = on);
comment on index posts.posts_by_age is
'Search looks for matches among the newest posts first. Rows are written in about the order of their time, so a few values
per 512 pages exclude the rest, at almost no cost. Not partial: a plan does not combine two indexes with one condition.';

create trigger posts_require_account before insert on posts.posts
  for each row execute function auth.require_account('author_id');

create table posts.slugs (
  slug text constraint slugs_pkey primary key,
  author_id uuid not null,
  post_id uuid not null,
  retired_at timestamptz(3),
  constraint slugs_post_fkey foreign key (author_id, post_id) references posts.posts on delete cascade
    deferrable initially deferred
);
comment on table posts.slugs is
'Current and former slugs. A table of its own, because a unique constraint on posts must contain the partition key. The
foreign key is deferred: a transaction claims the slug before it writes the post.';
comment on column posts.slugs.retired_at is 'When the slug became a former one; null for the current slug.';
create index slugs_post on posts.slugs (author_id, post_id);

create table posts.post_counts (
  author_id uuid not null,
  post_id uuid not null,
  favorites integer not null default 0,
  comments integer not null default 0,
  published_at timestamptz(3),
  constraint post_counts_pkey primary key (author_id, post_id),
  constraint post_counts_post_fkey foreign key (author_id, post_id) references posts.posts on delete cascade
) with (fillfactor = 80);
comment on table posts.post_counts is
'What others do to a post, apart from the post: its row is wide and in many indexes, and need not change.';
create index post_counts_by_favorites on posts.post_counts (favorites desc, published_at desc, post_id desc)
  where published_at is not null;
create index post_counts_of_author on posts.post_counts (author_id, favorites desc, published_at desc, post_id desc)
  where published_at is not null;

create table posts.post_tags (
  author_id uuid not null,
  post_id uuid not null,
  tag text not null,
  published_at timestamptz(3) not null,
  favorites integer not null default 0,
  language text,
  constraint post_tags_pkey primary key (author_id, post_id, tag),
  constraint post_tags_post_fkey foreign key (author_id, post_id) references posts.posts on delete cascade
) with (fillfactor = 80);
comment on table posts.post_tags is
'The tags of published posts, with the columns that their lists are ordered by.';
create index post_tags_by_time on posts.post_tags (tag, published_at desc, post_id desc);
create index post_tags_by_favorites on posts.post_tags (tag, favorites desc, published_at desc, post_id desc);
create index post_tags_of_author on posts.post_tags (author_id, tag, published_at desc, post_id desc);
create index post_tags_by_language on posts.post_tags (tag, language, published_at desc, post_id desc)
  where language is not null;

create table posts.tags (
  tag text constraint tags_pkey primary key,
  posts integer not null
) with (fillfactor = 70);
create index tags_by_posts on posts.tags (posts desc, tag);

create table posts.author_totals (
  account_id uuid constraint author_totals_pkey primary key,
  published integer not null
) with (fillfactor = 70);

create table posts.idempotency_keys (
  author_id uuid not null,
  account_id uuid not null,
  key text not null,
  request_hash bytea not null,
  answer jsonb,
  created_at timestamptz(3) not null default posts.now_ms(),
  constraint idempotency_keys_pkey primary key (author_id, account_id, key)
);
comment on table posts.idempotency_keys is
'The first response to a request with an Idempotency-Key, written by the transaction whose effect it reports. author_id is
the author of the posts affected, so that both are in one partition.';
create index idempotency_keys_age on posts.idempotency_keys (created_at);
create index idempotency_keys_account on posts.idempotency_keys (account_id);

-- ---- Slugs and counters that follow the posts

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
comment on function posts.retire_slug is
'Keeps the 20 latest former slugs as redirects: without a bound, one post could claim any number of slugs.';
create trigger posts_retire_slug after update of slug on posts.posts
  for each row when (old.slug <> new.slug) execute function posts.retire_slug();

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
comment on function posts.add_to_totals is
'The statement that changes posts also changes the counters and post_tags, so they cannot drift. Counter rows are locked in
the order of their keys: two writers do not deadlock.';

create function posts.add_title_words(titles text[]) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  insert into posts.title_words (word)
  select distinct word
  from unnest(titles) title, unnest(tsvector_to_array(to_tsvector('posts.other', posts.plain_words(title)))) word
  where length(word) between 3 and 40 and word ~ '^[[:alnum:]]+$'
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

create function posts.copy_language_to_tag() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.language := (select language from posts.posts where (author_id, id) = (new.author_id, new.post_id));
  return new;
end
$$;
create trigger post_tags_copy_language before insert on posts.post_tags
  for each row execute function posts.copy_language_to_tag();

create function posts.copy_language_to_tags() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update posts.post_tags set language = new.language where (author_id, post_id) = (new.author_id, new.id);
  return null;
end
$$;
create trigger posts_copy_language after update of language on posts.posts
  for each row when (old.language is distinct from new.language) execute function posts.copy_language_to_tags();

create view posts.author_counts as
  select totals.account_id, totals.published + (
      select count(*) from posts.posts post
      where post.author_id = totals.account_id and post.state = 'published' and not post.is_counted
        and post.published_at <= now()
    ) as published_count
  from posts.author_totals totals;
comment on view posts.author_counts is 'The number of public posts of an author, for profile.';
grant select on posts.author_counts to iod_profile;

-- ---- Favorites and comments, in the partition of their post

create table posts.favorites (
  author_id uuid not null,
  post_id uuid not null,
  account_id uuid not null,
  id uuid not null default uuidv7(),
  constraint favorites_pkey primary key (author_id, post_id, account_id),
  constraint favorites_post_fkey foreign key (author_id, post_id) references posts.posts on delete cascade
);
create index favorites_of_account on posts.favorites (account_id, id desc) include (author_id, post_id);
create trigger favorites_require_account before insert on posts.favorites
  for each row execute function auth.require_account('account_id');

create table posts.comments (
  author_id uuid not null,
  post_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid,
  account_id uuid,
  version integer not null default 1,
  created_at timestamptz(3) not null default posts.now_ms(),
  updated_at timestamptz(3) not null default posts.now_ms(),
  deleted_at timestamptz(3),
  body text not null,
  html text not null,
  constraint comments_pkey primary key (author_id, post_id, id),
  constraint comments_post_fkey foreign key (author_id, post_id) references posts.posts on delete cascade,
  constraint comments_parent_fkey foreign key (author_id, post_id, parent_id) references posts.comments
);
comment on column posts.comments.account_id is 'Who wrote it; null once that account is deleted.';
comment on column posts.comments.deleted_at is 'A deleted comment with replies stays, empty.';
create index comments_of_parent on posts.comments (author_id, post_id, parent_id, id);
create index comments_of_account on posts.comments (account_id, id) where account_id is not null;
create trigger comments_require_account before insert on posts.comments
  for each row execute function auth.require_account('account_id');

create function posts.add_to_counts(authors uuid[], posts uuid[], favorite_changes integer[], comment_changes integer[])
returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform from posts.post_counts counts
  where (counts.author_id, counts.post_id) in (select * from unnest(authors, posts))
  order by counts.author_id, counts.post_id
  for no key update;

  update posts.post_counts counts
  set favorites = counts.favorites + change.favorites, comments = counts.comments + change.comments
  from (
    select author_id, post_id, sum(favorites) as favorites, sum(comments) as comments
    from unnest(authors, posts, favorite_changes, comment_changes) as one (author_id, post_id, favorites, comments)
    group by author_id, post_id
  ) change
  where (counts.author_id, counts.post_id) = (change.author_id, change.post_id);
end
$$;

create function posts.copy_favorites(authors uuid[], posts uuid[])
returns void language sql set search_path = pg_catalog, pg_temp as $$
  update posts.post_tags tagged
  set favorites = counts.favorites
  from posts.post_counts counts
  where (counts.author_id, counts.post_id) in (select * from unnest(authors, posts))
    and (tagged.author_id, tagged.post_id) = (counts.author_id, counts.post_id)
    and tagged.favorites <> counts.favorites
$$;

create function posts.count_favorites() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  change constant integer := case tg_op when 'INSERT' then 1 else -1 end;
  authors constant uuid[] := array(select author_id from changed order by id);
  posts constant uuid[] := array(select post_id from changed order by id);
begin
  perform posts.add_to_counts(authors, posts, array_fill(change, array[cardinality(posts)]),
    array_fill(0, array[cardinality(posts)]));
  perform posts.copy_favorites(authors, posts);
  return null;
end
$$;
create trigger favorites_count_new after insert on posts.favorites
  referencing new table as changed for each statement execute function posts.count_favorites();
create trigger favorites_count_gone after delete on posts.favorites
  referencing old table as changed for each statement execute function posts.count_favorites();

create function posts.count_comments() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  gone uuid[] := '{}';
  gone_authors uuid[] := '{}';
  come uuid[] := '{}';
  come_authors uuid[] := '{}';
begin
  if tg_op <> 'INSERT' then
    gone := array(select post_id from former where deleted_at is null order by id);
    gone_authors := array(select author_id from former where deleted_at is null order by id);
  end if;
  if tg_op <> 'DELETE' then
    come := array(select post_id from present where deleted_at is null order by id);
    come_authors := array(select author_id from present where deleted_at is null order by id);
  end if;
  if gone = come then
    return null;
  end if;
  perform posts.add_to_counts(come_authors || gone_authors, come || gone,
    array_fill(0, array[cardinality(come) + cardinality(gone)]),
    array_fill(1, array[cardinality(come)]) || array_fill(-1, array[cardinality(gone)]));
  return null;
end
$$;
create trigger comments_count_new after insert on posts.comments
  referencing new table as present for each statement execute function posts.count_comments();
create trigger comments_count_changed after update on posts.comments
  referencing old table as former new table as present for each statement execute function posts.count_comments();
create trigger comments_count_gone after delete on posts.comments
  referencing old table as former for each statement execute function posts.count_comments();

create function posts.remove_empty_parents() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  reply record;
  current_id uuid;
  next_id uuid;
  is_empty boolean;
begin
  -- Deletions by this trigger, and those that cascade from the post.
  if pg_trigger_depth() > 1 then
    return null;
  end if;
  for reply in select distinct author_id, post_id, parent_id from former where parent_id is not null order by parent_id desc loop
    current_id := reply.parent_id;
    while current_id is not null loop
      select parent_id, deleted_at is not null into next_id, is_empty from posts.comments
      where author_id = reply.author_id and post_id = reply.post_id and id = current_id
      for update;
      exit when not found or not is_empty;
      perform from posts.comments
      where author_id = reply.author_id and post_id = reply.post_id and parent_id = current_id limit 1;
      exit when found;
      delete from posts.comments
      where author_id = reply.author_id and post_id = reply.post_id and id = current_id;
      current_id := next_id;
    end loop;
  end loop;
  return null;
end
$$;
comment on function posts.remove_empty_parents is
'Deletes a deleted comment with the last of its replies, and likewise its parents. A trigger, so that it holds for every
statement. Locks comments from the reply upwards, each before it is read: of two last replies deleted at once, the second
sees that the first is gone. The trigger''s name sorts before comments_count_gone: a transaction that holds a comment may
wait for the post''s counters, never the reverse.';
create trigger comments_clear_parents after delete on posts.comments
  referencing old table as former for each statement execute function posts.remove_empty_parents();

-- ---- Maintenance of the search index

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
comment on function posts.remove_unused_words is
'Of the next `batch` words after `place`, deletes those in no public post; returns the last word examined, null at the end.
gin_fuzzy_search_limit: a hundred posts with a word prove as much as a million, which would all be read.';
revoke execute on function posts.remove_unused_words from public;
grant execute on function posts.remove_unused_words to iod_posts;

create table posts.search_backlog (
  author_id uuid not null,
  post_id uuid not null,
  constraint search_backlog_pkey primary key (author_id, post_id)
);
comment on table posts.search_backlog is
'Posts to index again after a migration has changed search_vector; until then they are found by their former index. The
migration inserts all posts here; the Job reindexes them after the last migration in transactions of 100 (0.5 ms each,
20 ms for 100 kB), so that writers wait for one batch at most. The next Job continues an interrupted one.';

create function posts.reindex_search(batch integer) returns bigint language sql as $$
  with due as (
    delete from posts.search_backlog backlog
    using (
      select author_id, post_id from posts.search_backlog order by author_id, post_id limit batch for update skip locked
    ) first
    where (backlog.author_id, backlog.post_id) = (first.author_id, first.post_id)
    returning backlog.author_id, backlog.post_id
  ), reindexed as (
    update posts.posts post set body = post.body
    from due where (post.author_id, post.id) = (due.author_id, due.post_id)
  )
  select count(*) from due
$$;

-- ---- Erasure of an account

create table posts.erasures (
  account_id uuid constraint erasures_pkey primary key,
  mode text not null,
  requested_at timestamptz(3) not null default posts.now_ms()
);
comment on table posts.erasures is
'What remains to be erased of deleted accounts. A row outlives the account''s access tokens, so that what the last one wrote
is erased too.';

create function posts.erase_batch(account uuid, mode text, requested timestamptz, batch integer) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  fitting uuid[];
  first_post uuid;
  erased integer;
  more integer;
begin
  -- Favorites and comments are deleted with their post. `anonymise` keeps what was public at the time.
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
    -- The newest first: a reply is newer than its parent.
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
comment on function posts.erase_batch is
'Erases about `batch` rows and returns how many; 0 when nothing is left. Each call is its own transaction: erasing an
author of 12,000 posts takes longer than the statement timeout.';

create function posts.erase_author(account uuid, mode text) returns void
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
comment on function posts.erase_author is
'Runs in the transaction that deletes the account: erases for half a second, which suffices for most accounts, and records
the rest in erasures. `anonymise` keeps public posts and comments without a name.';
revoke execute on function posts.erase_author from public;
grant execute on function posts.erase_author to iod_auth;

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
comment on function posts.continue_erasures is
'Erases one batch of any deleted account; returns 0 when nothing is left of any.';
revoke execute on function posts.erase_batch, posts.continue_erasures from public;
grant execute on function posts.continue_erasures to iod_auth, iod_posts;

-- ---- Export of an account's data, by auth

create view posts.exported_posts as
  select author_id as account_id, id, jsonb_build_object(
      'slug', slug, 'state', state, 'title', title, 'summary', summary, 'body', body, 'tags', tags,
      'language', language, 'coverImageUrl', cover_image_url, 'canonicalUrl', canonical_url,
      'createdAt', created_at, 'updatedAt', updated_at, 'publishedAt', published_at) as data
  from posts.posts;
comment on view posts.exported_posts is 'Each exported list is one view, ordered by id.';

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
