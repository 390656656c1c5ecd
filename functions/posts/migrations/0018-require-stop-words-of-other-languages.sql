-- `sea` is a stop word of Spanish, so `sea fish` and "sea fish" found every post with `fish`, of which the newest 200 hid those
-- with both words. A language now omits its stop words in its own posts alone: each post is indexed with its language.
create or replace function posts.search_vector(language text, title text, summary text, tags text[], body text) returns tsvector
language sql immutable parallel safe return ts_delete(
  setweight(to_tsvector('posts.other', posts.plain_words(title)), 'A') || '''.'':2'::tsvector
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(title)), 'A') || '''.'':2'::tsvector
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(coalesce(summary, ''))), 'B') || '''.'':2'::tsvector
  || setweight(to_tsvector('posts.other', posts.plain_words(array_to_string(tags, ' '))), 'B') || '''.'':2'::tsvector
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(body)), 'D'),
  '.'
) || array_to_tsvector(array['=' || coalesce(language, '')]);
comment on function posts.search_vector is
'The title is indexed stemmed and unstemmed, so that the first letters of its words find it. A gap separates the parts: no
phrase spans the end of one and the start of the next. The lexeme that makes the gap occurs in no text and is deleted. The
last lexeme names the language: =en.';

create function posts.omits_words(configuration regconfig, words text) returns boolean
language sql immutable parallel safe return numnode(to_tsquery(configuration, words)) < numnode(to_tsquery('posts.other', words));
create function posts.language_lexeme(configuration regconfig) returns tsquery
language sql immutable parallel safe return quote_literal('=' || right(configuration::text, 2))::tsquery;

create or replace function posts.search_query(words text, language text) returns tsquery
language sql immutable parallel safe as $$
  with queries as (
    select distinct (case
      when numnode(query) > 0 and posts.omits_words(configuration, words) then query && posts.language_lexeme(configuration)
      else query
    end)::text as query
    from unnest(posts.search_configurations(language)) configuration, to_tsquery(configuration, words) query
  )
  select string_agg('(' || query || ')', ' | ')::tsquery
  from queries
  where query <> '' and not exists (
    select from queries wider
    where wider.query like '%'':*' and wider.query <> queries.query and starts_with(queries.query, left(wider.query, -3))
  )
$$;
comment on function posts.search_query(text, text) is
'What each language makes of the words: of one language, or without one of all, since each post is stemmed by its own. A
language that omits some, its stop words, is asked in its own posts alone. Immutable, so that the plan is made for these words.
A query that a wider prefix query contains is left out: ''wave'':* finds nothing that ''wav'':* does not, and each reads the
whole posting list.';

create function posts.loose_query(words text, language text) returns tsquery
language sql immutable parallel safe as $$
  select string_agg(distinct '(' || query::text || ')', ' | ')::tsquery
  from unnest(posts.search_configurations(language)) configuration, to_tsquery(configuration, words) query
  where numnode(query) > 0 and posts.omits_words(configuration, words)
$$;
comment on function posts.loose_query is
'The words without the stop words of some language, in any post: many posts name no language. Null if none omits any.';

create or replace function posts.prefix_query(others text, last text, excluded text, language text) returns tsquery
language sql immutable parallel safe as $$
  with queries as (
    select distinct case
      when others is null then to_tsquery('posts.other', last || ':*')
      when posts.omits_words(configuration, others)
        then to_tsquery(configuration, others) && to_tsquery('posts.other', last || ':*') && posts.language_lexeme(configuration)
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

insert into posts.search_backlog (author_id, post_id)
select author_id, id from posts.posts
on conflict do nothing;
