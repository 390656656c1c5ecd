const syllables = 'ka lo mi ne tu ra so vi pe do la ri no ta ku me sa li po be ga ro ti nu fa'.split(' ')
const words = 5_000
const sentences = 4_000
/** Text without spaces, found by pairs of characters: in 1 of 100 posts and in 2 of 1,000, since a post has two sentences. */
const unspaced = `case when s % 200 = 0 then ' 東京都庁の展望室' when s % 1000 = 1 then ' 大阪城公園' else '' end`
const tags = 500
/** Posts that share a rare word, at any size, to measure the cost of finding few among many. */
const postsPerRareWord = 10
/** Among this many of the newest posts, all that are not public belong to the first account: 150 drafts, 50 scheduled. */
const ownPosts = 5_000

/** Zipf's distribution, as that of words, tags and readers: small numbers often, large ones rarely. */
const zipf = (limit: number) => `floor(exp(random() * ln(${limit})))::int`

/** Counts the accounts of an earlier seed, so that a second one is refused. */
export const seededAccounts = `select count(*)::int as count from auth.accounts where username like 'seed-%'`

/**
 * The content of a blog after some years, generated inside Postgres: the time is that of the indexes, since no rows are
 * sent. Triggers and foreign keys are off; the counters that they keep are computed at the end.
 */
export function seedStatements(posts: number): readonly string[] {
  // From 10,000 posts on, the first account can follow 5,000 others, so that feeds can be compared.
  const accounts = Math.max(Math.ceil(posts / 10), Math.min(6_000, Math.ceil(posts * 0.6)))
  const comments = Math.min(Math.ceil(posts * 2.5), 1_000_000)
  const favorites = comments
  /** How many people the first account follows, and the second. */
  const followed = [5_000, 200].map(most => Math.min(most, accounts - 1)).join()
  const syllable = (divisor: number) =>
    `(array['${syllables.join("','")}'])[1 + (n / ${divisor}) % ${syllables.length}]`
  return [
    `set session_replication_role = replica`,
    `set synchronous_commit = off`,
    // A server that computes does not notice otherwise that `make seed` was stopped, and holds the tables until it is done.
    `set client_connection_check_interval = '1s'`,
    `set maintenance_work_mem = '256MB'`,
    `set work_mem = '128MB'`,
    `select setseed(0.5)`,
    `create temp table seed_words as
      select n, ${syllable(1)} || ${syllable(25)} || case when n > 600 then ${syllable(625)} else '' end as word
      from generate_series(0, ${words}) n`,
    `create temp table seed_sentences as
      select s as n, string_agg(word.word, ' ') || ${unspaced} as text
      from generate_series(0, ${sentences - 1}) s
      cross join lateral (select ${zipf(words)} as pick, s as used from generate_series(1, 10)) picked
      join seed_words word on word.n = picked.pick
      group by s`,
    `create unique index on seed_sentences (n)`,
    `analyze seed_sentences`,
    `insert into auth.accounts (email, email_key, username, username_key, password_hash)
      select name || '@example.test', name || '@example.test', name, name, ''
      from generate_series(0, ${accounts - 1}) n, lateral (select 'seed-' || n as name) named`,
    `create temp table seed_accounts as
      select substring(username from 6)::int as n, id from auth.accounts where username like 'seed-%'`,
    `create unique index on seed_accounts (n)`,
    `analyze seed_accounts`,
    `create temp table seed_posts as
      select numbered.n, author.id as author_id, uuidv7(-age) as id, now() - age as at,
        case when numbered.n % 100 < 94 then 'published' when numbered.n % 100 < 97 then 'draft'
          when numbered.n % 100 < 99 then 'archived'
          else 'scheduled' end as status,
        array(select 'tag-' || pick from (select distinct ${zipf(tags)} as pick
          from generate_series(1, 3) where numbered.n >= 0) picked) as tags,
        (array['en', 'en', 'en', 'de', 'fr', 'es', null])[1 + numbered.n % 7] as language
      from (
        select n, case when n % 100 >= 94 and n >= ${posts - ownPosts} then 0
            else floor(${accounts} * power(random(), 2))::int end as author,
          (${posts} - n) * interval '5 years' / ${posts} + interval '1 minute' as age
        from generate_series(0, ${posts - 1}) n
      ) numbered
      join seed_accounts author on author.n = numbered.author`,
    `create unique index on seed_posts (n)`,
    `analyze seed_posts`,
    `insert into posts.posts (author_id, id, slug, state, is_counted, published_at, title, body, html, excerpt,
        reading_minutes, tags, language, created_at, updated_at)
      select author_id, id, 'seed-' || seed_posts.n, case status when 'scheduled' then 'published' else status end,
        status = 'published',
        case status when 'published' then at when 'scheduled' then now() + (seed_posts.n % 365 + 1) * interval '1 day' end,
        split_part(first.text, ' ', 1 + seed_posts.n % 7) || ' ' || split_part(second.text, ' ', 1 + seed_posts.n % 9)
          || ' ' || split_part(third.text, ' ', 1 + seed_posts.n % 5),
        first.text || '. ' || second.text || '. rare' || seed_posts.n % ${Math.ceil(posts / postsPerRareWord)} || 'x.', '<p>' || first.text || '. ' || second.text || '.</p>',
        left(first.text, 120), 1, tags, language, at, at
      from seed_posts
      join seed_sentences first on first.n = (seed_posts.n::bigint * 7919) % ${sentences}
      join seed_sentences second on second.n = (seed_posts.n::bigint * 104729 + 13) % ${sentences}
      join seed_sentences third on third.n = (seed_posts.n::bigint * 1299709 + 57) % ${sentences}`,
    `insert into posts.slugs (slug, author_id, post_id) select 'seed-' || n, author_id, id from seed_posts`,
    `insert into posts.favorites (author_id, post_id, account_id)
      select post.author_id, post.id, account.id
      from (
        select distinct floor(${posts} * power(random(), 3))::int as post,
          floor(${accounts} * power(random(), 1.5))::int as account
        from generate_series(1, ${Math.ceil(favorites * 1.02)})
      ) picked
      join seed_posts post on post.n = picked.post and post.status = 'published'
      join seed_accounts account on account.n = picked.account`,
    `create temp table seed_comments as
      select picked.n, post.author_id, post.id as post_id, uuidv7(-(post.age * 0.9)) as id, account.id as account_id
      from (
        select n, floor(${posts} * power(random(), 3))::int as post,
          floor(${accounts} * random())::int as account
        from generate_series(1, ${comments}) n
      ) picked
      join (select *, now() - at as age from seed_posts) post on post.n = picked.post and post.status = 'published'
      join seed_accounts account on account.n = picked.account`,
    `insert into posts.comments (author_id, post_id, id, parent_id, account_id, body, html)
      select author_id, post_id, id,
        case when n % 5 = 0 then first_value(id) over (partition by post_id order by n % 5 = 0, n) end,
        account_id, 'A comment.', '<p>A comment.</p>'
      from seed_comments`,
    `insert into profile.follows (follower_id, followee_id)
      select follower.id, followee.id
      from (
        select reader as follower, 1 + (n::bigint * ${accounts - 1} / (array[${followed}])[reader + 1])::int as followee
        from generate_series(0, 1) reader,
          generate_series(0, (array[${followed}])[reader + 1] - 1) n
        union
        select n, (n * 31 + step * 977) % ${accounts}
        from generate_series(2, ${accounts - 1}) n, generate_series(1, 10) step
      ) pair
      join seed_accounts follower on follower.n = pair.follower
      join seed_accounts followee on followee.n = pair.followee and followee.id <> follower.id`,
    `analyze posts.posts, posts.favorites, posts.comments`,
    ...counted,
    `set session_replication_role = origin`,
  ]
}

/** The rows that the triggers would have written. */
const counted = [
  `insert into posts.post_counts (author_id, post_id, favorites, comments, published_at)
    select post.author_id, post.id, coalesce(favored.count, 0), coalesce(commented.count, 0),
      case when post.state = 'published' then post.published_at end
    from posts.posts post
    left join (select post_id, count(*) from posts.favorites group by post_id) favored on favored.post_id = post.id
    left join (select post_id, count(*) from posts.comments group by post_id) commented on commented.post_id = post.id
    where post.slug like 'seed-%'
    on conflict do nothing`,
  `analyze posts.post_counts`,
  `insert into posts.post_tags (author_id, post_id, tag, published_at, favorites)
    select post.author_id, post.id, tag, post.published_at, counts.favorites
    from posts.posts post
    join posts.post_counts counts on counts.author_id = post.author_id and counts.post_id = post.id, unnest(post.tags) tag
    where post.state = 'published' and post.slug like 'seed-%'
    on conflict do nothing`,
  `insert into posts.tags (tag, posts)
    select tag, count(*) from posts.posts, unnest(tags) tag where is_counted and slug like 'seed-%' group by tag
    on conflict (tag) do update set posts = tags.posts + excluded.posts`,
  `insert into posts.author_totals (account_id, published)
    select author_id, count(*) filter (where is_counted) from posts.posts where slug like 'seed-%' group by author_id
    on conflict (account_id) do update set published = excluded.published`,
  `select posts.add_title_words(array(select title from posts.posts where state = 'published' and slug like 'seed-%'))`,
  `insert into profile.follow_counts (account_id, followers, following)
    select account_id, sum(followers), sum(following)
    from (
      select followee_id as account_id, 1 as followers, 0 as following from profile.follows
      union all
      select follower_id, 0, 1 from profile.follows
    ) each_side
    group by account_id
    on conflict (account_id) do update set followers = excluded.followers, following = excluded.following`,
]

/** Building an index is faster than filling it row by row. */
export const secondaryIndexes = `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
  from pg_index
  join pg_class on pg_class.oid = indrelid
  where relnamespace = 'posts'::regnamespace and not indisunique`

/** Marks the pages of every table as all-visible, which index-only scans need. */
export const settle = 'vacuum (analyze)'
