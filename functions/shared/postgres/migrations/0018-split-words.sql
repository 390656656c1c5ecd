-- Words are letters and digits, in texts as in queries. The parser of Postgres looks for hosts, addresses, paths, tags and
-- hyphenated words besides, and takes a time for it that grows with the square of a text like a_a_a_a: 5 s for 60 kB,
-- and again for each page that shows it. Without the signs that those are made of, every text is read in one pass.
create function posts.plain_words(words text) returns text
language sql immutable parallel safe
  return translate(words, '._-/@:+~<>&;=?%#''"', '                   ');

-- The same with a control character in place of each, which no text here has, so that they can be put back.
create function posts.without_signs(words text) returns text
language sql immutable parallel safe
  return translate(words, '._-/@:+~<>&;=?%#''"', E'\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f');
create function posts.with_signs(words text) returns text
language sql immutable parallel safe
  return translate(words, E'\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f', '._-/@:+~<>&;=?%#''"');

-- Tags are found like any other word, without their accents and by the parts of node.js.
create or replace function posts.search_vector(language text, title text, summary text, tags text[], body text) returns tsvector
language sql immutable parallel safe return
  setweight(to_tsvector('posts.other', posts.plain_words(title)), 'A')
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(title)), 'A')
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(coalesce(summary, ''))), 'B')
  || setweight(to_tsvector('posts.other', posts.plain_words(array_to_string(tags, ' '))), 'B')
  || setweight(to_tsvector(posts.search_configuration(language), posts.plain_words(body)), 'D');

create or replace function posts.add_title_words(titles text[]) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  insert into posts.title_words (word)
  select distinct word
  from unnest(titles) title, unnest(tsvector_to_array(to_tsvector('posts.other', posts.plain_words(title)))) word
  where length(word) between 3 and 40 and word ~ '^[[:alnum:]]+$'
  order by word
  on conflict (word) do nothing
$$;
