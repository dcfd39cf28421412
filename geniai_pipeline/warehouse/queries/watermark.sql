-- That of the latest run, not the highest: Chatwoot's clock may have been put back.
select watermark_to, ops.now() - started_at, count_gap
from ops.etl_control
where watermark_to is not null
order by started_at desc
limit 1
