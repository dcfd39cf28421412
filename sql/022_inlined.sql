-- The words of a chart's rows. A strict function is called for each row, another becomes part of
-- the query: a filter's choices, read from sixty thousand rows, take a ninth of the processor.
-- Nothing is still said of no situation and of no answer; a score there always is.

set local role geniai_owner;

alter function dashboards.situation(text) called on null input;
alter function dashboards.score_meaning(smallint) called on null input;

create or replace function dashboards.yes_no(value boolean) returns text
language sql immutable parallel safe
return case value when true then 'Sim' when false then 'Não' end;

reset role;
