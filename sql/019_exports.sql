-- What a spreadsheet is given: the same cells on the page's download and on the command line's.

set local role geniai_owner;

-- Words of people outside are never a formula (OWASP, CSV injection): a leading apostrophe makes
-- them text. Some spreadsheets take the wide signs for the narrow ones.
create function dashboards.cell(words text) returns text
language sql immutable parallel safe
return case
    when words ~ '^[\s\u00a0]*[-=+@－＝＋＠]|^[\t\r\n]' then '''' || words
    else coalesce(words, '')
end;

-- As before, at a third of its cost; and what is no number at all is no formula either.
create or replace function dashboards.phone(e164 text) returns text
language sql immutable parallel safe
return coalesce(case
    when e164 ~ '^\+55\d{10,11}$' then concat(
        '55 ', substr(e164, 4, 2), ' ', substr(e164, 6, length(e164) - 9), '-', right(e164, 4)
    )
    when e164 ~ '^\+\d{5,}$' then regexp_replace(e164, '^\+(\d{1,3})(\d{3})(\d+)$', '\1 \2 \3')
    else ltrim(e164, e'=+-@ \t\r\n')
end, '');

grant usage on schema dashboards to etl_writer;

reset role;
