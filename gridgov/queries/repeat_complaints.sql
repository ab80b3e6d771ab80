-- Grain: one household and category that came back within 30 days, the most often first.
-- Parameters: $start, $finish, $grid_id (NULL: all), $rows.
SELECT
    household,
    category,
    max(grid_id) AS grid_id,
    count(*) AS times,
    min(on_date) AS first_on,
    max(on_date) AS last_on,
    count(CASE WHEN is_open THEN 1 END) AS still_open
FROM fact_complaint
WHERE on_date BETWEEN $start AND $finish AND household IS NOT NULL
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY household, category
HAVING count(CASE WHEN is_repeat THEN 1 END) > 0
ORDER BY times DESC, last_on DESC, household, category
LIMIT $rows
