-- Grain: one whole number of hours: complaints received in the period, closed or still open by then.
-- Parameters: $start, $finish, $grid_id, $category, $source (NULL: all).
-- Hours are those of metric C10: rounded up where closed, down where the case is still open.
SELECT
    CAST(CASE
        WHEN c.closed_at IS NOT NULL THEN ceil(c.handling_hours)
        ELSE floor(date_diff('second', c.created_at, CAST(a.data_date + 1 AS TIMESTAMP)) / 3600.0)
    END AS INTEGER) AS hours,
    c.closed_at IS NOT NULL AS is_closed,
    count(*) AS cases
FROM fact_complaint AS c CROSS JOIN mart_as_of AS a
WHERE c.on_date BETWEEN $start AND $finish
    AND (CAST($category AS VARCHAR) IS NULL OR c.category = $category)
    AND (CAST($source AS VARCHAR) IS NULL OR c.source = $source)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR c.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY hours, is_closed
ORDER BY hours, is_closed
