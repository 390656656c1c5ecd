-- Letters of Arabic that are one letter with and without its hamza, or in Arabic and in Persian, are one letter in searches.
create or replace function posts.fold_words(words text) returns text
language sql immutable parallel safe return case
  when words !~ '[\u00ad\u034f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0622-\u0626\u0629\u0649\u0671\u06a9\u06c0-\u06c3\u06cc\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2080-\u2089\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'
  then words
  else regexp_replace(
    replace(
      case when words ~ '[\u0622-\u0626\u0629\u0649\u0671\u06a9\u06c0-\u06c3\u06cc\u2080-\u2089]'
        then translate(words, E'\u0622\u0623\u0625\u0671\u0624\u0626\u0649\u06cc\u0629\u06c0\u06c1\u06c2\u06c3\u06a9₀₁₂₃₄₅₆₇₈₉', E'\u0627\u0627\u0627\u0627\u0648\u064a\u064a\u064a\u0647\u0647\u0647\u0647\u0647\u06430123456789')
        else words
      end,
      E'\u200b', ' '
    ),
    '[\u00ad\u034f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]',
    '', 'g'
  )
end;
comment on function posts.fold_words is
'Removes characters that show nothing (Unicode: Default_Ignorable_Code_Point): soft hyphens, joiners, variation selectors.
The parser of Postgres takes them for a part of a word, so co-operate with a soft hyphen was found by no spelling. A
zero-width space separates words. Removes the vowel marks of Arabic and Hebrew, and the tatweel: most texts and most searches
leave them out. Subscripts are digits: H₂O is found by h2o. Superscripts are not: they mark footnotes. Of Arabic letters one
form is left, as in the stemmer arabic of Postgres and in PersianNormalizer of Lucene: alef, waw and yeh without hamza, heh
for teh marbuta and the heh of Persian and Urdu, yeh for alef maksura and the yeh of Persian, kaf for keheh. The posts function
does the same with queries in its words.ts.';

-- French and Italian leave out c, and French d and j, so C++, C#, D# and J# were in no text of these languages.
-- The search finds words in Markdown, where pandoc writes C\# and some editors C\+\+.
create function posts.name_signs(words text) returns text
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

-- Highlights show a text as it was written, so its letters cannot be folded there.
create function posts.respell(words text, is_back boolean) returns text
language plpgsql immutable parallel safe as $$
declare
  pair text[];
  marks constant text := E'\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u0654\u0655\u0670\u05b0\u05b1\u05b2\u05b3\u05b4\u05b5\u05b6\u05b7\u05b8\u05b9\u05ba\u05bb\u05bc\u05c1\u05c2\u05c7\u200c';
  others constant text := E'\u0339\u033a\u033b\u033c\u033d\u033e\u033f\u0340\u0341\u0342\u0343\u0344\u0345\u0346\u0347\u0348\u0349\u034a\u034b\u034c\u034d\u034e\u0350\u0351\u0352\u0353\u0354\u0355\u0356\u0357';
begin
  if words !~ '[\u0339-\u035c\u0590-\u06ff\u200c]' then
    return words;
  end if;
  foreach pair slice 1 in array array[
    [E'\u0622', E'\u0627\u0358'], [E'\u0623', E'\u0627\u0359'], [E'\u0625', E'\u0627\u035a'],
    [E'\u0671', E'\u0627\u035b'], [E'\u0624', E'\u0648\u0358'], [E'\u0626', E'\u064a\u0358'],
    [E'\u0649', E'\u064a\u0359'], [E'\u06cc', E'\u064a\u035a'], [E'\u0629', E'\u0647\u0358'],
    [E'\u06c0', E'\u0647\u0359'], [E'\u06c1', E'\u0647\u035a'], [E'\u06c2', E'\u0647\u035b'],
    [E'\u06c3', E'\u0647\u035c'], [E'\u06a9', E'\u0643\u0358']
  ] loop
    words := case when is_back then replace(words, pair[2], pair[1]) else replace(words, pair[1], pair[2]) end;
  end loop;
  -- With nothing to exchange, half the work.
  return case when words ~ '[\u0339-\u0357]' then translate(words, marks || others, others || marks)
    else translate(words, marks, others) end;
end
$$;
comment on function posts.respell is
'Replaces the letters that fold_words folds by the folded letter with a combining mark of its own, and exchanges the marks of
vowels and joiners that it removes with others: the dictionary unaccent ignores those. With is_back it restores them, in a part
of the text too, as each character is exchanged by itself.';

create or replace function posts.without_signs(words text) returns text
language sql immutable parallel safe return
  replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(posts.respell(words, false),
    '.', E'\x0e'), '_', E'\x0f'), '-', E'\x10'), '/', E'\x11'), '@', E'\x12'), ':', E'\x13'),
    '+', E'\x14'), '~', E'\x15'), '<', E'\x16'), '>', E'\x17'), '&', E'\x18'), ';', E'\x19'),
    '=', E'\x1a'), '?', E'\x1b'), '%', E'\x1c'), '#', E'\x1d'), '''', E'\x1e'), '"', E'\x1f');
create or replace function posts.with_signs(words text) returns text
language sql immutable parallel safe return posts.respell(
  translate(words, E'\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f', '._-/@:+~<>&;=?%#''"'),
  true
);

with former as (
  delete from posts.title_words where word ~ '[\u0622-\u0626\u0629\u0649\u0671\u06a9\u06c0-\u06c3\u06cc]' returning word
)
insert into posts.title_words (word)
select distinct posts.plain_words(word) as word from former order by word
on conflict (word) do nothing;

insert into posts.search_backlog (author_id, post_id)
select author_id, id from posts.posts
where concat_ws(' ', title, summary, array_to_string(tags, ' '), body) ~ '[\u0622-\u0626\u0629\u0649\u0671\u06a9\u06c0-\u06c3\u06cc]|(^|[^A-Za-z0-9])[A-Za-z]\\?(\+\\?\+|#)'
on conflict do nothing;
