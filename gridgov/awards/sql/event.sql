-- grain: one event, indicator and worker credited with it, counted or left out with the reason
-- parameters: $start, $end, $whole
-- `parts` of $whole belong to the worker: whole numbers, so that shares add up exactly.
-- `good` is the numerator, 1 each in the exposure (for breadth the exposure is not from events).
WITH shared AS (
    SELECT track, kind, event_id, worker_id,
           ($whole // sharers + CASE WHEN position <= $whole % sharers THEN 1 ELSE 0 END)::BIGINT AS parts
    FROM held_event
),
named AS (
    SELECT DISTINCT h.track, h.worker_id FROM holding h
),
contact AS (
    SELECT d.due_no, bool_or(v.visit_id IS NOT NULL) AS made
    FROM due d
    LEFT JOIN visit_status v ON v.person = d.person AND v.reason = '' AND v.met
                            AND v.on_date BETWEEN d.period_start AND d.period_end
    GROUP BY d.due_no
),
rows AS (
    SELECT s.track, 'SV1' AS component, s.event_id, d.period_end AS on_date, d.grid_id, s.worker_id,
           s.parts, contact.made AS good, '' AS reason
    FROM shared s
    JOIN due d ON s.kind = 'due' AND s.event_id = d.due_no::VARCHAR
    JOIN contact ON contact.due_no = d.due_no
    UNION ALL
    SELECT named.track, CASE WHEN v.need_due BETWEEN $start::DATE AND $end::DATE AND v.has_need
                             THEN 'SV6' ELSE 'visit' END,
           v.visit_id, v.on_date, v.grid_id, w.worker_id, $whole // w.named,
           coalesce(v.need_closed_at::DATE <= v.need_due, FALSE), v.reason
    FROM visit_status v
    JOIN visit_worker w ON w.visit_id = v.visit_id
    JOIN named ON named.worker_id = w.worker_id
    WHERE v.has_need AND v.need_due BETWEEN $start::DATE AND $end::DATE
       OR v.reason <> '' AND v.on_date >= $start::DATE
    UNION ALL
    SELECT named.track, 'breadth.' || a.pillar, a.activity_id, a.on_date, a.grid_id, w.worker_id,
           $whole // w.named, TRUE, a.reason
    FROM activity_status a
    JOIN activity w ON w.activity_id = a.activity_id
    JOIN named ON named.worker_id = w.worker_id
    UNION ALL
    SELECT s.track, 'C3', k.complaint_id, k.on_date, k.grid_id, s.worker_id, s.parts,
           k.is_on_time, k.reason
    FROM shared s
    JOIN complaint_status k ON s.kind = 'complaint' AND s.event_id = k.complaint_id
    WHERE k.due_on BETWEEN $start::DATE AND $end::DATE
    UNION ALL
    SELECT s.track, 'C9', k.complaint_id, k.on_date, k.grid_id, s.worker_id, s.parts,
           k.is_repeat, k.reason
    FROM shared s
    JOIN complaint_status k ON s.kind = 'complaint' AND s.event_id = k.complaint_id
    WHERE k.on_date >= $start::DATE
    UNION ALL
    SELECT s.track, 'C5', k.complaint_id, k.on_date, k.grid_id, s.worker_id, s.parts,
           coalesce(k.resolved, FALSE), k.reason
    FROM shared s
    JOIN complaint_status k ON s.kind = 'complaint' AND s.event_id = k.complaint_id
    WHERE k.on_date >= $start::DATE AND k.called_back AND k.resolved IS NOT NULL
    UNION ALL
    SELECT s.track, 'callback', k.complaint_id, k.on_date, k.grid_id, s.worker_id, s.parts,
           k.satisfied = '满意', k.reason
    FROM shared s
    JOIN complaint_status k ON s.kind = 'complaint' AND s.event_id = k.complaint_id
    WHERE k.on_date >= $start::DATE AND k.called_back AND k.satisfied IS NOT NULL
    UNION ALL
    SELECT named.track, 'callback', v.visit_id, v.on_date, v.grid_id, w.worker_id, $whole // w.named,
           r.result = 'true' AND coalesce(r.satisfied, TRUE), v.reason
    FROM callbacks r
    JOIN visit_status v ON v.visit_id = r.event_key
    JOIN visit_worker w ON w.visit_id = v.visit_id AND w.worker_id = r.worker_id
    JOIN named ON named.worker_id = w.worker_id
    WHERE r.result <> 'unreached' AND v.on_date >= $start::DATE
)
SELECT track, worker_id, component, event_id, on_date, grid_id, parts::BIGINT AS parts,
       good::TINYINT AS good, reason
FROM rows
ORDER BY track, worker_id, component, event_id
