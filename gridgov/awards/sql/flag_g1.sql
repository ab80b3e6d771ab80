-- grain: one record: same worker, household, type and day twice; or a text used at many households
-- parameters: $households, $min_chars
WITH twice AS (
    SELECT worker_id, visit_id,
           count(*) OVER (PARTITION BY worker_id, household, purpose, on_date) AS amount
    FROM flag_visit
    WHERE household IS NOT NULL
),
spread AS (
    SELECT worker_id, note_key, count(DISTINCT household) AS amount
    FROM flag_visit
    WHERE note_length >= $min_chars AND household IS NOT NULL
    GROUP BY worker_id, note_key
    HAVING count(DISTINCT household) >= $households
),
hit AS (
    SELECT worker_id, visit_id, amount FROM twice WHERE amount > 1
    UNION ALL
    SELECT f.worker_id, f.visit_id, s.amount
    FROM flag_visit f
    JOIN spread s ON s.worker_id = f.worker_id AND s.note_key = f.note_key
)
SELECT worker_id, visit_id AS event_id, max(amount)::DOUBLE AS amount
FROM hit
GROUP BY worker_id, visit_id
ORDER BY worker_id, visit_id
