-- Grain: one complaint on each of its days (received, due, closed), under whoever held the grid when it was received.
-- The measures are those of mart_complaint_cell. Moments may be cut to the hour for this reader, so
-- whether a deadline was kept comes from is_on_time.
WITH held AS (
    SELECT c.*, c.holder_id AS worker, CAST(m.data_date + 1 AS TIMESTAMP) AS data_end
    FROM fact_complaint AS c CROSS JOIN mart_as_of AS m
    WHERE c.holder_id IS NOT NULL
)
SELECT
    grid_id, on_date AS on_date, category, source, nature, worker,
    1 AS received,
    CAST(created_at + INTERVAL 24 HOUR <= data_end OR contacted_at IS NOT NULL AS INTEGER) AS response_due,
    0 AS response_pending,
    CAST(coalesce(contact_hours <= 24, false) AS INTEGER) AS responded,
    CAST(is_repeat AS INTEGER) AS repeats,
    CAST(found_by IS NOT NULL AS INTEGER) AS found_known,
    CAST(coalesce(found_by = '网格员', false) AS INTEGER) AS found,
    CAST(in_scope IS NOT NULL AS INTEGER) AS scope_known,
    CAST(in_scope IS FALSE AS INTEGER) AS out_of_scope,
    0 AS due,
    0 AS due_closed,
    0 AS due_on_time,
    0 AS closed,
    0 AS instant,
    0 AS reworked,
    0 AS settled_known,
    0 AS settled_in_grid,
    0 AS called,
    0 AS answered,
    0 AS resolved_known,
    0 AS resolved,
    0 AS satisfied_known,
    0 AS satisfied,
    0 AS outcome_known,
    0 AS outcome_resolved
FROM held
UNION ALL
SELECT
    grid_id, CAST(due_at AS DATE) AS on_date, category, source, nature, worker,
    0 AS received,
    0 AS response_due,
    0 AS response_pending,
    0 AS responded,
    0 AS repeats,
    0 AS found_known,
    0 AS found,
    0 AS scope_known,
    0 AS out_of_scope,
    1 AS due,
    CAST(closed_at IS NOT NULL AS INTEGER) AS due_closed,
    CAST(coalesce(is_on_time, false) AS INTEGER) AS due_on_time,
    0 AS closed,
    0 AS instant,
    0 AS reworked,
    0 AS settled_known,
    0 AS settled_in_grid,
    0 AS called,
    0 AS answered,
    0 AS resolved_known,
    0 AS resolved,
    0 AS satisfied_known,
    0 AS satisfied,
    0 AS outcome_known,
    0 AS outcome_resolved
FROM held
WHERE due_at IS NOT NULL
UNION ALL
SELECT
    grid_id, CAST(closed_at AS DATE) AS on_date, category, source, nature, worker,
    0 AS received,
    0 AS response_due,
    0 AS response_pending,
    0 AS responded,
    0 AS repeats,
    0 AS found_known,
    0 AS found,
    0 AS scope_known,
    0 AS out_of_scope,
    0 AS due,
    0 AS due_closed,
    0 AS due_on_time,
    1 AS closed,
    CAST(is_instant AS INTEGER) AS instant,
    CAST(coalesce(reopened > 0, false) AS INTEGER) AS reworked,
    CAST(settled_level IS NOT NULL AS INTEGER) AS settled_known,
    CAST(coalesce(settled_level = '网格', false) AS INTEGER) AS settled_in_grid,
    CAST(called_back IS NOT NULL AS INTEGER) AS called,
    CAST(called_back IS TRUE AS INTEGER) AS answered,
    CAST(called_back IS TRUE AND resolved IS NOT NULL AS INTEGER) AS resolved_known,
    CAST(called_back IS TRUE AND resolved IS TRUE AS INTEGER) AS resolved,
    CAST(called_back IS TRUE AND satisfied IS NOT NULL AS INTEGER) AS satisfied_known,
    CAST(called_back IS TRUE AND coalesce(satisfied = '满意', false) AS INTEGER) AS satisfied,
    CAST(resolved IS NOT NULL AS INTEGER) AS outcome_known,
    CAST(resolved IS TRUE AS INTEGER) AS outcome_resolved
FROM held
WHERE closed_at IS NOT NULL
