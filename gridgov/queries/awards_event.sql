-- Grain: one visit or complaint among those named, as a committee reads it.
-- Parameters: ids (a list of record numbers).
SELECT v.visit_id AS event_id, '走访' AS log, v.occurred_at, v.ended_at, v.entered_at,
       coalesce(g.name, v.grid_text) AS grid_name, v.worker_text, v.household, v.mode, v.met,
       v.purpose, v.note
FROM fact_visit v
LEFT JOIN grid g ON g.grid_id = v.grid_id
WHERE list_contains($ids::VARCHAR[], v.visit_id)
UNION ALL
SELECT c.complaint_id AS event_id, '诉求' AS log, c.created_at AS occurred_at, c.closed_at AS ended_at,
       c.accepted_at AS entered_at, coalesce(g.name, c.grid_text) AS grid_name, c.worker_text,
       c.household, c.source AS mode, NULL AS met, c.category AS purpose, c.content AS note
FROM fact_complaint c
LEFT JOIN grid g ON g.grid_id = c.grid_id
WHERE list_contains($ids::VARCHAR[], c.complaint_id)
ORDER BY occurred_at, event_id
