-- grain: one visit at an impossible or unusual time; amount = minutes of overlap, seconds, visits in
-- the hour, or the hour of night, in this order
-- parameters: $seconds, $per_hour, $night_from, $night_to
-- Midnight to the second means that no time was given; telephone calls may be short and many.
WITH timed AS (
    SELECT worker_id, visit_id, occurred_at, ended_at,
           max(ended_at) OVER (PARTITION BY worker_id ORDER BY occurred_at, visit_id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS last_end,
           count(*) OVER (PARTITION BY worker_id ORDER BY occurred_at
                          RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW) AS in_hour
    FROM flag_visit
    WHERE occurred_at::TIME <> TIME '00:00:00' AND mode IN ('上门', '')
)
SELECT worker_id, visit_id AS event_id,
       CASE WHEN last_end > occurred_at THEN date_diff('minute', occurred_at, last_end)
            WHEN ended_at < occurred_at + to_seconds($seconds::INTEGER)
                THEN date_diff('second', occurred_at, ended_at)
            WHEN in_hour > $per_hour THEN in_hour
            ELSE hour(occurred_at) END::DOUBLE AS amount
FROM timed
WHERE last_end > occurred_at
   OR ended_at < occurred_at + to_seconds($seconds::INTEGER)
   OR in_hour > $per_hour
   OR hour(occurred_at) >= $night_from AND hour(occurred_at) < $night_to
ORDER BY worker_id, visit_id
