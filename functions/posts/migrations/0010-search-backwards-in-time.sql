-- A search reads the newest matches first, in a time that does not depend on the number of posts. 0011 makes its index.

create function posts.days_of(published_at timestamptz) returns integer[]
language sql immutable parallel safe return array[
  (published_at at time zone 'UTC')::date - date '1970-01-01',
  10000000 + (((published_at at time zone 'UTC')::date - date '1970-01-01') >> 4),
  20000000 + (((published_at at time zone 'UTC')::date - date '1970-01-01') >> 8),
  30000000 + (((published_at at time zone 'UTC')::date - date '1970-01-01') >> 12)
];
comment on function posts.days_of is
'The day of a post, and the spans of 16, 256 and 4,096 days that it is in: keys by which the index of words also finds a
period. An index of words has no order by time, and one of times combined with it reads whole pages of posts.';

create function posts.days_between(first integer, last integer) returns integer[]
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  keys integer[] := '{}';
  day integer := first;
  level integer;
begin
  while day <= last loop
    level := 0;
    while level < 3 and day & ((16 << 4 * level) - 1) = 0 and day + (16 << 4 * level) - 1 <= last loop
      level := level + 1;
    end loop;
    keys := keys || (10000000 * level + (day >> 4 * level));
    day := day + (1 << 4 * level);
  end loop;
  return keys;
end
$$;
comment on function posts.days_between is
'Keys of posts.days_of that cover these days and no others: at most some dozens for years.';

create function posts.newest_matches(
  wanted tsquery, unwanted tsquery, ranked tsquery, literal text,
  author uuid, tag text, language text, since timestamptz, until timestamptz, most integer
) returns table (author_id uuid, post_id uuid, published_at timestamptz, rank double precision)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  query constant tsquery := case when unwanted is null then wanted else wanted && !! unwanted end;
  has_phrase constant boolean := query::text ~ '<[-0-9]+>';
  -- A phrase without its order.
  indexed constant tsquery := case
    when has_phrase then regexp_replace(wanted::text, '<[-0-9]+>', '&', 'g')::tsquery
    else query
  end;
  filters constant text := concat(
    case when author is not null then ' and array[post.author_id] @> array[$4]' end,
    case when tag is not null then ' and post.tags @> array[$5]' end,
    case when language is not null then ' and array[post.language] @> array[$6]' end
  );
  -- Whether posts are read that may not match.
  examines boolean := has_phrase;
  estimate jsonb;
  most_examined constant integer := case when has_phrase then 10000 else 2000 end;
  examined integer := 0;
  examined_here integer;
  found integer := 0;
  found_here integer;
  is_indexed boolean;
  match record;
  oldest timestamptz;
  below timestamptz := least(now() + interval '1 microsecond', until);
  start timestamptz;
  first_day integer;
  last_day integer;
  step double precision;
begin
  select post.published_at into oldest from posts.posts post
  where post.state = 'published' and post.published_at < below
  order by post.published_at limit 1;
  oldest := greatest(oldest, since);
  if query is null or oldest is null or oldest >= below then
    return;
  end if;
  select post.published_at into start from posts.posts post
  where post.state = 'published' and post.published_at < below and post.published_at >= oldest
  order by post.published_at desc offset 999 limit 1;
  start := coalesce(start, oldest);
  if wanted::text like '%:*%' and not has_phrase then
    execute 'explain (format json) select from posts.posts where state = ''published'' and search @@ $1'
    into estimate using wanted;
    examines := (estimate #>> '{0,Plan,Plan Rows}')::real
      > 0.01 * (select reltuples from pg_class where oid = 'posts.posts'::regclass);
  end if;

  loop
    is_indexed := has_phrase or filters <> '' or not examines;
    first_day := (start at time zone 'UTC')::date - date '1970-01-01';
    last_day := ((below - interval '1 microsecond') at time zone 'UTC')::date - date '1970-01-01';
    -- Long periods begin with a long span, which is one key.
    first_day := case
      when last_day - first_day > 500 then first_day & ~255
      when last_day - first_day > 30 then first_day & ~15
      else first_day
    end;
    if is_indexed then
      start := greatest(oldest, (date '1970-01-01' + first_day)::timestamp at time zone 'UTC');
    end if;
    examined_here := 0;
    found_here := 0;
    for match in execute concat('
      select newest.author_id, newest.id, newest.published_at, newest.is_match, case when newest.is_match
        then (strpos(lower(newest.title), $10) > 0)::int + ts_rank(newest.search, $9) end as rank
      from (
        select post.author_id, post.id, post.published_at, post.title, post.search, ',
        case when examines then 'post.search @@ $2' else 'true' end, ' as is_match
        from posts.posts post
        where post.state = ''published''', filters,
        case when has_phrase or not examines then ' and post.search @@ $1' end,
        -- No plan uses the index on the time for a condition that "is true".
        ' and (post.published_at >= $7 and post.published_at < $8)', case when is_indexed then ' is true' end,
        -- Fewer posts than are wanted match in the time after a period: the last one need not exclude it.
        case when is_indexed and (start > oldest or since is not null or until is not null)
          then ' and posts.days_of(post.published_at) && $3' end,
        ' order by post.published_at + interval ''0'' desc, post.id desc',
        case when not examines then ' limit $11' end, '
      ) newest')
    using indexed, query, posts.days_between(first_day, last_day), author, tag, language, start, below, ranked, literal,
      most - found
    loop
      examined_here := examined_here + 1;
      if match.is_match then
        found_here := found_here + 1;
        author_id := match.author_id;
        post_id := match.id;
        published_at := match.published_at;
        rank := match.rank;
        return next;
        exit when found + found_here = most;
      end if;
    end loop;
    found := found + found_here;
    examined := examined + examined_here;
    exit when found = most or start = oldest or has_phrase and examined >= most_examined;

    step := least(64, 1.3 * (most - found) / nullif(found_here, 0));
    examines := examines and examined < most_examined;
    if examines then
      step := least(step, (most_examined - examined)::double precision / nullif(examined_here, 0));
    end if;
    step := greatest(0.1, step) * extract(epoch from below - start);
    below := start;
    start := below - make_interval(secs => least(step, extract(epoch from below - oldest)));
  end loop;
end
$$;
comment on function posts.newest_matches is
'The newest `most` posts that match, each with its rank. Reads the period of the newest 1,000 posts, then earlier ones, each
as long as the matches so far suggest. The index does not know the order of words: a phrase is looked for in about 10,000 of
the newest posts with its words. Nor does it find a beginning of words without reading the entries of all posts that have one:
where those are estimated to be many, the newest 2,000 posts that pass the filters are examined first, which mostly suffices.
Volatile, because EXPLAIN is allowed nowhere else.';
