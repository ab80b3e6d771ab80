-- grain: one record of a bunch keyed in together across buildings; amount = size of the bunch
-- parameters: $records_together, $minutes, $buildings
WITH entry AS (
    SELECT worker_id, visit_id, entered_at, building
    FROM flag_visit
    WHERE entered_at IS NOT NULL AND NOT coalesce(is_declared, FALSE)
),
opened AS (
    SELECT a.worker_id, a.visit_id, a.entered_at, count(*) AS size
    FROM entry a
    JOIN entry b ON b.worker_id = a.worker_id
                AND b.entered_at BETWEEN a.entered_at
                                     AND a.entered_at + to_minutes($minutes::INTEGER)
    GROUP BY a.worker_id, a.visit_id, a.entered_at
    HAVING count(*) >= $records_together AND count(DISTINCT b.building) >= $buildings
)
SELECT e.worker_id, e.visit_id AS event_id, max(o.size)::DOUBLE AS amount
FROM entry e
JOIN opened o ON o.worker_id = e.worker_id
             AND e.entered_at BETWEEN o.entered_at AND o.entered_at + to_minutes($minutes::INTEGER)
GROUP BY e.worker_id, e.visit_id
ORDER BY e.worker_id, e.visit_id
