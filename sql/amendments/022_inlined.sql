-- An older edition wrote this function anew, and took a score that is none for nothing.
set local role geniai_owner;

create or replace function dashboards.score_meaning(score smallint) returns text
language sql immutable parallel safe
return case score
    when 5 then '5 · visita marcada'
    when 4 then '4 · interesse forte'
    when 3 then '3 · interesse claro'
    when 2 then '2 · curiosidade'
    when 1 then '1 · já é aluno'
    else '0 · sem interesse'
end;

reset role;
