-- The newest matches of a search are looked for among the newest posts first. Rows are written in about the order of
-- their time, so a few values for each 512 pages leave the others out: next to nothing to store, to write and to read.
-- Not for published posts only: a plan joins no two indexes that have the same condition.
create index posts_by_age on posts.posts
  using brin (published_at timestamptz_minmax_multi_ops) with (pages_per_range = 512, autosummarize = on);

-- What each language makes of the words, as before, but from a list of configurations in place of their names, which
-- takes a third of the time, and without what another one has in it: 'wave':* finds nothing that 'wav':* does not, and
-- each reads the whole list of posts that have it.
create or replace function posts.search_query(words text, language text) returns tsquery
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

-- Posts with a word like each of these, in the title or elsewhere; null when there is a word that none is like.
-- No longer in titles alone: the index knows the words and not where they are, so that every post with a common word in
-- its body was read to find the few that have it in the title, 1.2 s with a million posts.
create or replace function posts.similar_query(words text[]) returns tsquery
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
