-- The long texts of the same conversations, or of some, apart, so that the charts' table stays
-- narrow.
-- A message's own lines are indented but for the first: nobody can write as if another had spoken.
-- Who asked not to be written to is sent no suggestion, nor who has enrolled and asks nothing. What
-- never arrived stands where it would have been sent, with its error.
with current as (
    select
        c.tenant_id, c.conversation_id, c.episode, c.transcript, c.undelivered, a.condition,
        a.goal, a.reasoning, a.evidence, a.lost_quote,
        case when silence.applies then '' else a.suggested_message end as suggested_message,
        a.suggestion_holds_until,
        case when silence.applies then '' else a.suggestion_afterwards end as suggestion_afterwards,
        md5(
            c.content_hash || a.result_hash || a.analyzed_at || silence.applies
            || coalesce(nullif(c.undelivered::text, '[]'), '') || coalesce(a.lost_quote, '')
        ) as row_hash
    from core.conversations c
    join core.conversation_analysis a using (tenant_id, conversation_id, episode)
    join analytics.conversations_analytics w using (tenant_id, conversation_id, episode)
    cross join lateral (
        select w.opted_out
            or not w.awaits_reply and (w.crm_converted or w.enrolled_on is not null) as applies
    ) silence
    where %(conversation_ids)s::bigint[] is null or c.conversation_id = any(%(conversation_ids)s)
)
insert into analytics.conversation_texts (
    tenant_id, conversation_id, episode, transcript, condition, goal, reasoning,
    suggested_message, suggestion_holds_until, suggestion_afterwards, evidence, lost_quote, row_hash
)
select
    tenant_id, conversation_id, episode,
    coalesce((
        select string_agg(
            case when message ? 'error' then 'Não chegou (' || speaker || '): '
                else speaker || ': '
            end
            || case when message ? 'is_transcription' then '(transcrição) ' else '' end
            || replace(
                coalesce(nullif(message ->> 'text', ''), '[' || (message ->> 'note') || ']', ''),
                e'\n', e'\n  '
            )
            || coalesce(e'\n  Erro: ' || nullif(message ->> 'error', ''), ''),
            e'\n' order by position, after_it
        )
        from (
            select message, position, 0 as after_it
            from jsonb_array_elements(transcript) with ordinality as entries (message, position)
            union all
            select message, (message ->> 'position')::bigint, after_it
            from jsonb_array_elements(undelivered) with ordinality as lost (message, after_it)
        ) written
        cross join lateral (
            select case message ->> 'from'
                when 'contact' then 'Contato' when 'bot' then 'Robô' else 'Atendente'
            end as speaker
        ) who
    ), ''),
    condition, goal, reasoning, suggested_message, suggestion_holds_until, suggestion_afterwards,
    evidence, lost_quote, row_hash
from current
where not exists (
    select from analytics.conversation_texts old
    where old.tenant_id = current.tenant_id
      and old.conversation_id = current.conversation_id
      and old.episode = current.episode
      and old.row_hash = current.row_hash
)
on conflict (tenant_id, conversation_id, episode) do update set
    transcript = excluded.transcript,
    condition = excluded.condition,
    goal = excluded.goal,
    reasoning = excluded.reasoning,
    suggested_message = excluded.suggested_message,
    suggestion_holds_until = excluded.suggestion_holds_until,
    suggestion_afterwards = excluded.suggestion_afterwards,
    evidence = excluded.evidence,
    lost_quote = excluded.lost_quote,
    row_hash = excluded.row_hash
