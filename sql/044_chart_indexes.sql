-- The charts read an index alone again: with what tells who is a member and which lead agreed on a
-- visit; and visits by the day of their agreement.

set local role geniai_owner;

drop index analytics.conversations_analytics_charts;
create index conversations_analytics_charts on analytics.conversations_analytics
    (tenant_id, created_at)
    include (
        inbox_id, inbox_name, status, is_lead, is_new_lead, lead_score, visit_scheduled,
        visit_state, visit_at, lead_agreed_visit, crm_converted, enrolled_on,
        first_contact_message_at, first_bot_reply_at, first_human_reply_at,
        response_seconds, response_business_seconds, last_activity_at, awaits_reply, waiting_since,
        lost_reason, ad_id, ad_headline, role, is_role_known
    );

create index conversations_analytics_visits on analytics.conversations_analytics
    (tenant_id, visit_agreed_at)
    include (visit_state, visit_at, inbox_name, status, lead_score)
    where visit_agreed_at is not null;

reset role;
