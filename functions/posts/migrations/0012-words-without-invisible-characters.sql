create function posts.fold_words(words text) returns text
language sql immutable parallel safe return translate(
  regexp_replace(
    replace(words, E'\u200b', ' '),
    '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]',
    '', 'g'
  ),
  '₀₁₂₃₄₅₆₇₈₉', '0123456789'
);
comment on function posts.fold_words is
'Removes characters that show nothing (Unicode: Default_Ignorable_Code_Point): soft hyphens, joiners, variation selectors.
The parser of Postgres takes them for a part of a word, so co-operate with a soft hyphen was found by no spelling. A
zero-width space separates words. Subscripts are digits: H₂O is found by h2o. Superscripts are not: they mark footnotes.
The posts function does the same with queries in its words.ts.';

create or replace function posts.plain_words(words text) returns text
language sql immutable parallel safe return case
  when words !~ '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2080-\u2089\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]'
  then regexp_replace(words, '[-._/@:+~<>&;=?%#''"]', ' ', 'g')
  when words ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]'
  then posts.pair_characters(regexp_replace(posts.fold_words(words), '[-._/@:+~<>&;=?%#''"]', ' ', 'g'))
  else regexp_replace(posts.fold_words(words), '[-._/@:+~<>&;=?%#''"]', ' ', 'g')
end;

-- A variation selector or joiner between emoji is in no word, so only those after a letter, a digit or a mark count.
insert into posts.search_backlog (author_id, post_id)
select author_id, id from posts.posts
where concat_ws(' ', title, summary, body) ~
  '[[:alnum:]\u0300-\u036f\u0900-\u0d7f][\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u2080-\u2089\u3164\ufe00-\ufe0f\ufeff\uffa0]';
