-- Grain: one complaint past its deadline and open on the data date, the longest first.
-- Parameters: $grid_id, $category, $source (NULL: all), $rows.
SELECT
    c.complaint_id,
    c.grid_id,
    c.category,
    c.source,
    c.created_at,
    c.due_at,
    date_diff('day', CAST(c.due_at AS DATE), a.data_date) AS overdue_days,
    c.in_scope
FROM held_open_complaint AS c
CROSS JOIN mart_as_of AS a
WHERE c.is_overdue
    AND (CAST($category AS VARCHAR) IS NULL OR c.category = $category)
    AND (CAST($source AS VARCHAR) IS NULL OR c.source = $source)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR c.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
ORDER BY c.due_at, c.complaint_id
LIMIT $rows
