-- grain: one named organiser of an activity of the period
-- parameters: $start, $end
SELECT a.activity_id, a.on_date, a.started_at, a.grid_id, coalesce(a.pillar, '') AS pillar,
       coalesce(a.type, '') AS type, coalesce(a.name, '') AS name, w.worker_id,
       round(1 / w.share)::INTEGER AS named
FROM fact_activity a
JOIN fact_activity_worker w ON w.activity_id = a.activity_id
WHERE w.worker_id IS NOT NULL AND a.on_date BETWEEN $start::DATE AND $end::DATE
ORDER BY a.activity_id, w.worker_id
