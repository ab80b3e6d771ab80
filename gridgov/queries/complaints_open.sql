-- Grain: one complaint open on the data date, the earliest deadline first.
-- Parameters: $grid_id, $category, $source (NULL: all), $rows.
SELECT
    c.complaint_id,
    c.grid_id AS grid_name,
    c.category,
    c.nature,
    c.source,
    CAST(c.created_at AS DATE) AS received_on,
    CAST(c.due_at AS DATE) AS due_on,
    date_diff('day', c.on_date, a.data_date) AS age_days,
    CASE WHEN c.is_overdue THEN date_diff('day', CAST(c.due_at AS DATE), a.data_date) END AS overdue_days,
    c.is_repeat,
    c.in_scope,
    c.holder_name
FROM held_open_complaint AS c
CROSS JOIN mart_as_of AS a
WHERE (CAST($category AS VARCHAR) IS NULL OR c.category = $category)
    AND (CAST($source AS VARCHAR) IS NULL OR c.source = $source)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR c.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
ORDER BY c.due_at NULLS LAST, c.complaint_id
LIMIT $rows
