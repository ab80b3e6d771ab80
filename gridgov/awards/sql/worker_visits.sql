-- grain: one worker: figures that are compared with peers
-- parameters: $end, $days, $hours
SELECT worker_id, count(*)::BIGINT AS visits,
       count(*) FILTER (WHERE on_date > $end::DATE - $days::INTEGER)::BIGINT AS last_days,
       count(entered_at)::BIGINT AS entered,
       count(*) FILTER (WHERE entered_at > occurred_at + to_hours($hours::INTEGER))::BIGINT AS late,
       count(*) FILTER (WHERE occurred_at::TIME <> TIME '00:00:00')::BIGINT AS timed,
       count(*) FILTER (WHERE occurred_at::TIME <> TIME '00:00:00'
                          AND minute(occurred_at) IN (0, 30))::BIGINT AS round_minutes
FROM flag_visit
GROUP BY worker_id
ORDER BY worker_id
