-- Symbols are words: emoji, arrows, signs of mathematics and technology.
create function posts.symbol_words(words text) returns text
language sql immutable parallel safe as $$
  select string_agg(distinct ' u' || to_hex(ascii(symbol)), '')
  from unnest(string_to_array(
    left(regexp_replace(left(words, 30000), '[^\u2190-\u2bff\U0001f000-\U0001faff]+', '', 'g'), 1000), null
  )) symbol
$$;
comment on function posts.symbol_words is
'A word for each symbol of a text, by its code point: u1f389. The parser of Postgres drops symbols or, with the locale C, takes
them for letters of the word before. Costs 1 µs per character, hence only the first 30,000 and of those 1,000 symbols. The
posts function does the same with queries in its words.ts.';

-- Also removes the vowel marks of Arabic and Hebrew, and the tatweel: most texts and most searches leave them out.
create or replace function posts.fold_words(words text) returns text
language sql immutable parallel safe return case
  when words !~ '[\u00ad\u034f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2080-\u2089\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'
  then words
  else regexp_replace(
    replace(case when words ~ '[\u2080-\u2089]' then translate(words, '₀₁₂₃₄₅₆₇₈₉', '0123456789') else words end, E'\u200b', ' '),
    '[\u00ad\u034f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]',
    '', 'g'
  )
end;

-- What follows the first 30,000 characters is still split at spaces: an article with one Chinese name lost all words after them.
create or replace function posts.pair_characters(words text) returns text
language sql immutable parallel safe as $$
  with spaced as materialized (
    select regexp_replace(left(words, 30000), '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)', ' \1 ', 'g') as words
  )
  select string_agg(regexp_replace(
      shifted.words,
      '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff][\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])',
      '\1 ', 'g'
    ), ' ') || substr(pair_characters.words, 30001)
  from (
    select words from spaced
    union all
    select regexp_replace(words, ' ([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])', ' \1 ', 'g') from spaced
  ) shifted
$$;

create or replace function posts.plain_words(words text) returns text
language sql immutable parallel safe return case
  when words !~ '[\u00ad\u034f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2080-\u2089\u2190-\u2bff\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001f000-\U0001faff\U000e0000-\U000e0fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]'
  then regexp_replace(words, '[-._/@:+~<>&;=?%#''"]', ' ', 'g')
  when words ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]'
  then posts.pair_characters(regexp_replace(posts.fold_words(words), '[-._/@:+~<>&;=?%#''"\u2190-\u2bff\U0001f000-\U0001faff]', ' ', 'g'))
    || coalesce(posts.symbol_words(words), '')
  else regexp_replace(posts.fold_words(words), '[-._/@:+~<>&;=?%#''"\u2190-\u2bff\U0001f000-\U0001faff]', ' ', 'g')
    || coalesce(posts.symbol_words(words), '')
end;

-- No word of a title is similar to a symbol.
create or replace function posts.add_title_words(titles text[]) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  insert into posts.title_words (word)
  select distinct word
  from unnest(titles) title, unnest(tsvector_to_array(to_tsvector('posts.other', posts.plain_words(title)))) word
  where length(word) between 3 and 40 and word ~ '^[[:alnum:]]+$' and word !~ '^u[0-9a-f]{4,5}$'
  order by word
  on conflict (word) do nothing
$$;

insert into posts.search_backlog (author_id, post_id)
select author_id, id from posts.posts
where concat_ws(' ', title, summary, body) ~
    '[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u2190-\u2bff\U0001f000-\U0001faff]'
  or length(body) > 30000 and body ~
    '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]'
on conflict do nothing;
