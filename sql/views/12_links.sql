-- Links to other pages and to Chatwoot.

-- A link from a contact's name to the page "Lead", filtered by their conversation.
create function dashboards.lead_link(conversation_id bigint, words text) returns text
language sql immutable parallel safe
return format(
    '<a href="/superset/dashboard/lead/?native_filters=(NATIVE_FILTER-conversa:(extraFormData:'
    '(filters:!((col:conversation_id,op:IN,val:!(%1$s)))),filterState:(value:!(%1$s),label:%%27%1$s%%27),'
    'id:NATIVE_FILTER-conversa,ownState:()))">%2$s</a>',
    conversation_id, coalesce(nullif(words, ''), 'Sem nome')
);

-- A link to the conversation in Chatwoot, in a new tab. A quote in the address would end the
-- attribute.
create function dashboards.chatwoot_link(url text, words text) returns text
language sql immutable parallel safe
return format('<a href="%s" target="_blank">%s</a>', replace(url, '"', '%22'), words);

-- A phone number calls. Only digits are part of the address; what is no number is text, as a
-- contact writes it.
create function dashboards.phone_link(e164 text) returns text
language sql immutable parallel safe
return case
    when e164 ~ '^\+\d{5,15}$' then format('<a href="tel:%s">%s</a>', e164, dashboards.phone(e164))
    else dashboards.plain(dashboards.phone(e164))
end;
