-- Superset's own login takes an address out of a gym's weekly report, and puts none into it.

set local role geniai_owner;

revoke select, insert, update on ops.report_recipients from gatekeeper;
grant
    select (tenant_id, email), insert (tenant_id, email, subscribed), update (subscribed, changed_at)
    on ops.report_recipients to gatekeeper;

drop policy gate on ops.report_recipients;
create policy gate on ops.report_recipients for select to gatekeeper using (true);
create policy gate_unsubscribes_user on ops.report_recipients for insert to gatekeeper
    with check (not subscribed);
create policy gate_unsubscribes_other on ops.report_recipients for update to gatekeeper
    using (true) with check (not subscribed);

reset role;
