-- Most Norwegian posts name one of the two written forms, nb or nn, and were not stemmed.
create or replace function posts.search_configuration(language text) returns regconfig
language sql immutable parallel safe as $$
  select case
    when language in (
      'ca', 'da', 'de', 'el', 'en', 'es', 'fi', 'fr', 'hu', 'id', 'it', 'lt', 'nl', 'no', 'pt', 'ro', 'ru', 'sr', 'sv', 'tr'
    ) then ('posts.' || language)::regconfig
    when language in ('nb', 'nn') then 'posts.no'::regconfig
    else 'posts.other'::regconfig
  end
$$;

create or replace function posts.search_vector(language text, title text, summary text, tags text[], body text) returns tsvector
language sql immutable parallel safe return ts_delete(
  setweight(to_tsvector('posts.other', posts.plain_words(title)), 'A') || '''.'':2'::tsvector
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(title)), 'A') || '''.'':2'::tsvector
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(coalesce(summary, ''))), 'B') || '''.'':2'::tsvector
  || setweight(to_tsvector('posts.other', posts.plain_words(array_to_string(tags, ' '))), 'B') || '''.'':2'::tsvector
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(body)), 'D'),
  '.'
) || array_to_tsvector(array['=' || case when language in ('nb', 'nn') then 'no' else coalesce(language, '') end]);
comment on function posts.search_vector is
'The title is indexed stemmed and unstemmed, so that the first letters of its words find it. A gap separates the parts: no
phrase spans the end of one and the start of the next. The lexeme that makes the gap occurs in no text and is deleted. The
last lexeme names the language that the post is stemmed in: =en.';

insert into posts.search_backlog (author_id, post_id)
select author_id, id from posts.posts where language in ('nb', 'nn')
on conflict do nothing;
