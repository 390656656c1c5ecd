-- The same as before, in a tenth of the time: translate compares each character of a text with ten others.
create or replace function posts.fold_words(words text) returns text
language sql immutable parallel safe return case
  when words !~ '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2080-\u2089\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'
  then words
  else regexp_replace(
    replace(case when words ~ '[\u2080-\u2089]' then translate(words, '₀₁₂₃₄₅₆₇₈₉', '0123456789') else words end, E'\u200b', ' '),
    '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]',
    '', 'g'
  )
end;
