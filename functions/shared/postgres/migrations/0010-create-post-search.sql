-- In this schema, since the functions' roles have no right to public.
create extension if not exists unaccent schema posts;
create extension if not exists pg_trgm schema posts;

-- One text search configuration per language that Postgres can stem, each blind to accents; `other` stems nothing.
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

-- Immutable as far as an index cares: the configurations above are never changed, only added to by a later migration.
create function posts.search_configuration(language text) returns regconfig
language sql immutable parallel safe as $$
  select case
    when language in (
      'ca', 'da', 'de', 'el', 'en', 'es', 'fi', 'fr', 'hu', 'id', 'it', 'lt', 'nl', 'no', 'pt', 'ro', 'ru', 'sr', 'sv', 'tr'
    ) then ('posts.' || language)::regconfig
    else 'posts.other'::regconfig
  end
$$;

-- The title is there unstemmed too, so that the first letters of a word of it find it.
create function posts.search_vector(language text, title text, summary text, tags text[], body text) returns tsvector
language sql immutable parallel safe return
  setweight(to_tsvector('posts.other', title), 'A')
  || setweight(to_tsvector(posts.search_configuration(language), title), 'A')
  || setweight(to_tsvector(posts.search_configuration(language), coalesce(summary, '')), 'B')
  || setweight(array_to_tsvector(tags), 'B')
  || setweight(to_tsvector(posts.search_configuration(language), body), 'D');

-- What each language makes of the words: one language, or without one all of them, since each post was stemmed by its own.
create function posts.search_query(words text, language text) returns tsquery
language sql stable parallel safe as $$
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

-- The words of public titles: what a mistyped word is likened to. It grows as a vocabulary does, not as the posts do.
create table posts.title_words (
  word text constraint title_words_pkey primary key
);
create index title_words_similar on posts.title_words using gin (word posts.gin_trgm_ops);
