-- grain: one visit of the period and worker named on it; what the flags look at
-- parameters: $start
SELECT v.*, w.worker_id
FROM visit v
JOIN visit_worker w ON w.visit_id = v.visit_id
WHERE v.on_date >= $start::DATE
ORDER BY w.worker_id, v.occurred_at, v.visit_id
