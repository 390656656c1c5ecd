-- The search finds words in Markdown, where pandoc writes C\# and some editors C\+\+: these were found as C alone.
create or replace function posts.name_signs(words text) returns text
language sql immutable parallel safe return regexp_replace(
  regexp_replace(words, '(?<![A-Za-z0-9])([A-Za-z])\\?\+\\?\+', '\1 \1plusplus ', 'g'),
  '(?<![A-Za-z0-9])([A-Za-z])\\?#', '\1 \1sharp ', 'g'
);
comment on function posts.name_signs is
'A letter is a stop word of many languages, but not with its signs: C++ is c and cplusplus, F# is f and fsharp. Markdown may
have a backslash before a sign. The posts function does the same with queries in its words.ts.';

create or replace function posts.plain_words(words text) returns text
language sql immutable parallel safe return case
  when words !~ '[\u00ad\u034f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0622-\u0626\u0629\u0649\u0671\u06a9\u06c0-\u06c3\u06cc\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2080-\u2089\u2190-\u2bff\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001f000-\U0001faff\U000e0000-\U000e0fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]|(^|[^A-Za-z0-9])[A-Za-z]\\?(\+\\?\+|#)'
  then regexp_replace(words, '[-._/@:+~<>&;=?%#''"]', ' ', 'g')
  when words ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]'
  then posts.pair_characters(regexp_replace(posts.name_signs(posts.fold_words(words)), '[-._/@:+~<>&;=?%#''"\u2190-\u2bff\U0001f000-\U0001faff]', ' ', 'g'))
    || coalesce(posts.symbol_words(words), '')
  else regexp_replace(posts.name_signs(posts.fold_words(words)), '[-._/@:+~<>&;=?%#''"\u2190-\u2bff\U0001f000-\U0001faff]', ' ', 'g')
    || coalesce(posts.symbol_words(words), '')
end;

insert into posts.search_backlog (author_id, post_id)
select author_id, id from posts.posts
where concat_ws(' ', summary, body) ~ '(^|[^A-Za-z0-9])[A-Za-z](\\\+\\?\+|\+\\\+|\\#)'
on conflict do nothing;
