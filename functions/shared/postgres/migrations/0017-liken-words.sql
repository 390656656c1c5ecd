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
