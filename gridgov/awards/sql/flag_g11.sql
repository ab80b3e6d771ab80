-- grain: one complaint found and handled by the same worker and closed at once, closed within
-- minutes, or split; amount = minutes until closed, or the number of tickets
-- parameters: $start, $minutes
WITH ticket AS (
    SELECT complaint_id, worker_id, found_by,
           date_diff('minute', created_at, closed_at) AS minutes,
           count(*) OVER (PARTITION BY household, category, on_date) AS tickets, household
    FROM complaint
    WHERE on_date >= $start::DATE AND worker_id IS NOT NULL
)
SELECT worker_id, complaint_id AS event_id,
       CASE WHEN minutes < $minutes THEN minutes ELSE tickets END::DOUBLE AS amount
FROM ticket
WHERE minutes < $minutes
   OR household IS NOT NULL AND tickets > 1 AND found_by = '网格员'
ORDER BY worker_id, complaint_id
