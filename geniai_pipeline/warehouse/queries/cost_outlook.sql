-- What a useful answer of this model cost on average, and how many conversations a month brings.
select
    (select avg(cost_brl) from ops.llm_calls where state = 'answered' and model = %(model)s),
    (select count(*) from core.conversations
     where contact_message_count > 0 and last_activity_at > (
        select max(last_activity_at) - interval '30 days' from core.conversations
     ))
