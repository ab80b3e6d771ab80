-- Grain: one state of authority (inside, outside, not stated) of the complaints received in the period.
-- Parameters: $start, $finish, $grid_id, $category, $source (NULL: all).
SELECT
    in_scope,
    count(*) AS received,
    count(closed_at) AS closed,
    count(CASE WHEN is_due THEN 1 END) AS due,
    count(CASE WHEN is_due AND is_on_time THEN 1 END) AS on_time,
    count(CASE WHEN closed_at IS NOT NULL AND called_back AND satisfied IS NOT NULL THEN 1 END) AS answered,
    count(CASE WHEN closed_at IS NOT NULL AND called_back AND satisfied = '满意' THEN 1 END) AS satisfied
FROM fact_complaint
WHERE on_date BETWEEN $start AND $finish
    AND (CAST($category AS VARCHAR) IS NULL OR category = $category)
    AND (CAST($source AS VARCHAR) IS NULL OR source = $source)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY in_scope
ORDER BY in_scope DESC NULLS LAST
