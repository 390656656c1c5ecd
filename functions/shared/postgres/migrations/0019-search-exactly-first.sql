-- Scripts that put no spaces between words (Thai, Lao, Burmese, Khmer, Japanese, Chinese), and Hangul, are indexed by
-- each two characters, so that a word is found wherever it is in a run. A run of n has pairs from its first character
-- and from its second; one of its ends is left alone in each. 1.3 µs a character, hence only the first 40,000 of a text
-- that has such. The same scripts are in functions/posts/domain/words.ts.
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

create or replace function posts.plain_words(words text) returns text
language sql immutable parallel safe return case
  when words ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]'
  then posts.pair_characters(translate(words, '._-/@:+~<>&;=?%#''"', '                   '))
  else translate(words, '._-/@:+~<>&;=?%#''"', '                   ')
end;

-- As before, with a gap between the parts: no phrase goes from the end of the title to its beginning, which follows it
-- in the language of the post. The word that makes the gap is none that a text can have, and is taken out again.
create or replace function posts.search_vector(language text, title text, summary text, tags text[], body text) returns tsvector
language sql immutable parallel safe return ts_delete(
  setweight(to_tsvector('posts.other', posts.plain_words(title)), 'A') || '''.'':2'::tsvector
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(title)), 'A') || '''.'':2'::tsvector
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(coalesce(summary, ''))), 'B') || '''.'':2'::tsvector
  || setweight(to_tsvector('posts.other', posts.plain_words(array_to_string(tags, ' '))), 'B') || '''.'':2'::tsvector
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(body)), 'D'),
  '.'
);

create function posts.search_configurations(language text) returns regconfig[]
language sql immutable parallel safe return case when language is null then array[
    'posts.other', 'posts.ca', 'posts.da', 'posts.de', 'posts.el', 'posts.en', 'posts.es', 'posts.fi', 'posts.fr',
    'posts.hu', 'posts.id', 'posts.it', 'posts.lt', 'posts.nl', 'posts.no', 'posts.pt', 'posts.ro', 'posts.ru',
    'posts.sr', 'posts.sv', 'posts.tr'
  ]::regconfig[] else array['posts.other', posts.search_configuration(language)]::regconfig[] end;

-- What has all that is required and nothing that is excluded, in any form that a language has of it.
create function posts.search_query(required text, excluded text, language text) returns tsquery
language sql immutable parallel safe as $$
  select case when unwanted is null then wanted else wanted && !! unwanted end
  from (
    select posts.search_query(required, language) as wanted, posts.search_query(excluded, language) as unwanted
  ) each_query
$$;

create function posts.has_only_stop_words(words text[], language text) returns boolean
language sql immutable parallel safe as $$
  select coalesce(bool_and(exists (
    select from unnest(posts.search_configurations(language)) configuration
    where numnode(to_tsquery(configuration, word)) = 0
  )), true)
  from unnest(words) word
$$;

-- The same with the last word as the beginning of another. As it is written and not its stem: 'mars' is no beginning of
-- 'market'. Null where it is a stop word: nobody looks for all words that begin with 'the'.
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

-- Posts that are still indexed as before: found by what was found before, until their turn comes. The migration Job
-- takes them in transactions of 100 after the last migration, about 0.5 ms each and 20 ms for one of 100 kB, so that no
-- writer waits for more than a batch; a Job that ends too soon is continued by the next one.
create table posts.search_backlog (
  author_id uuid not null,
  post_id uuid not null,
  constraint search_backlog_pkey primary key (author_id, post_id)
);
insert into posts.search_backlog (author_id, post_id) select author_id, id from posts.posts;

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
