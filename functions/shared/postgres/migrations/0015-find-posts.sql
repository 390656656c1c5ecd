-- Immutable, so that a plan is made for the words and not for any words; it depends on nothing but the configurations.
create or replace function posts.search_query(words text, language text) returns tsquery
language sql immutable parallel safe as $$
  select string_agg(distinct '(' || query::text || ')', ' | ')::tsquery
  from (
    select to_tsquery('posts.other', words) as query
    union all
    select to_tsquery(posts.search_configuration(code), words)
    from unnest(case when language is null
      then '{ca,da,de,el,en,es,fi,fr,hu,id,it,lt,nl,no,pt,ro,ru,sr,sv,tr}'::text[] else array[language] end) code
  ) each_language
  where numnode(query) > 0
$$;

create or replace function posts.add_title_words(titles text[]) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  insert into posts.title_words (word)
  select distinct word from unnest(titles) title, unnest(tsvector_to_array(to_tsvector('posts.other', title))) word
  where length(word) between 3 and 40 and word ~ '^[[:alnum:]]+$'
  order by word
  on conflict (word) do nothing
$$;
delete from posts.title_words where word !~ '^[[:alnum:]]+$';

-- Titles with a word like each of these; null when there is a word that none is like.
create function posts.similar_query(words text[]) returns tsquery
language sql stable parallel safe set pg_trgm.similarity_threshold = 0.35 as $$
  select case when count(likened.alternatives) = cardinality(words)
    then string_agg('(' || likened.alternatives || ')', ' & ')::tsquery end
  from unnest(words) as given (word)
  left join lateral (
    select string_agg('''' || closest.word || ''':A', ' | ') as alternatives
    from (
      select known.word from posts.title_words known
      where known.word operator(posts.%) lower(given.word)
      order by posts.similarity(known.word, lower(given.word)) desc, known.word
      limit 4
    ) closest
  ) likened on true
$$;
