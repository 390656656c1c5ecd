-- Marks of other scripts, in a text that has Arabic too, came back as vowels of Arabic; and where the text shown has no Arabic,
-- as at a match far from it, the marks that stand for its vowels and joiners were shown.
create or replace function posts.respell(words text, is_back boolean) returns text
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
