-- The partition key of all that belongs to a post is its author: docs/data-model.md says why. No table here refers to
-- auth.accounts, so that posts can stay when their author's account goes; posts.erase_author is how an account goes.
-- Times have milliseconds, as the API shows them: a time in a cursor is exactly the time in the row.
create function posts.now_ms() returns timestamptz language sql stable parallel safe
  return date_trunc('milliseconds', now());

-- state has no `scheduled`: that is a published post whose published_at has not come yet.
-- is_counted says whether the counters below have this post already; of a scheduled one they learn later.
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

-- Public lists: of all, of an author, of a language.
create index posts_by_time on posts.posts (published_at desc, id desc) where state = 'published';
create index posts_by_author on posts.posts (author_id, published_at desc, id desc) where state = 'published';
create index posts_by_language on posts.posts (language, published_at desc, id desc) where state = 'published';
create index posts_found on posts.posts using gin (search) where state = 'published';
-- An author's drafts and archived posts.
create index posts_unpublished on posts.posts (author_id, state, id desc) where state <> 'published';
-- Scheduled ones, and those whose time has come since: few, whatever the number of posts.
create index posts_uncounted on posts.posts (published_at, author_id) where state = 'published' and not is_counted;

-- Which post a slug leads to, its former slugs too. Keyed by slug, since a unique constraint on posts would have to
-- contain the key that posts are partitioned by.
create table posts.slugs (
  slug text constraint slugs_pkey primary key,
  author_id uuid not null,
  post_id uuid not null,
  -- Deferred: a slug is claimed first, and then the post that it leads to is written.
  constraint slugs_post_fkey foreign key (author_id, post_id) references posts.posts on delete cascade
    deferrable initially deferred
);
create index slugs_post on posts.slugs (author_id, post_id);

-- What others do to a post, apart from the post: its row is wide and in many indexes, and does not change with them.
create table posts.post_counts (
  author_id uuid not null,
  post_id uuid not null,
  favorites integer not null default 0,
  comments integer not null default 0,
  published_at timestamptz(3),
  constraint post_counts_pkey primary key (author_id, post_id),
  constraint post_counts_post_fkey foreign key (author_id, post_id) references posts.posts on delete cascade
) with (fillfactor = 80);
create index post_counts_by_favorites on posts.post_counts (favorites desc, published_at desc, post_id desc)
  where published_at is not null;
create index post_counts_of_author on posts.post_counts (author_id, favorites desc, published_at desc, post_id desc)
  where published_at is not null;

-- The tags of published posts, with what their lists are ordered by.
create table posts.post_tags (
  author_id uuid not null,
  post_id uuid not null,
  tag text not null,
  published_at timestamptz(3) not null,
  favorites integer not null default 0,
  constraint post_tags_pkey primary key (author_id, post_id, tag),
  constraint post_tags_post_fkey foreign key (author_id, post_id) references posts.posts on delete cascade
) with (fillfactor = 80);
create index post_tags_by_time on posts.post_tags (tag, published_at desc, post_id desc);
create index post_tags_by_favorites on posts.post_tags (tag, favorites desc, published_at desc, post_id desc);
create index post_tags_of_author on posts.post_tags (author_id, tag, published_at desc, post_id desc);

create table posts.tags (
  tag text constraint tags_pkey primary key,
  posts integer not null
) with (fillfactor = 70);
create index tags_by_posts on posts.tags (posts desc, tag);

create table posts.author_totals (
  account_id uuid constraint author_totals_pkey primary key,
  published integer not null
) with (fillfactor = 70);

-- The first answer to a request with an Idempotency-Key, written by the transaction that did what it answers for, and
-- so in the partition where that was: author_id is whose posts it was done to.
create table posts.idempotency_keys (
  author_id uuid not null,
  account_id uuid not null,
  key text not null,
  request_hash bytea not null,
  answer jsonb,
  created_at timestamptz(3) not null default posts.now_ms(),
  constraint idempotency_keys_pkey primary key (author_id, account_id, key)
);
create index idempotency_keys_age on posts.idempotency_keys (created_at);
create index idempotency_keys_account on posts.idempotency_keys (account_id);
