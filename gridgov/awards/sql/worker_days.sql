-- grain: one worker and day with visits
SELECT worker_id, on_date, count(*)::BIGINT AS visits
FROM flag_visit
GROUP BY worker_id, on_date
ORDER BY worker_id, on_date
