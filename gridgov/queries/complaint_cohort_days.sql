-- Grain: one state of authority (inside, outside, not stated): how far the complaints received in the
-- period have come by the data date. As complaint_cohort.sql, for any days and any grid.
-- Parameters: $start, $finish, $grid_id, $category, $source (NULL: all).
SELECT
    in_scope,
    count(*) AS received,
    count(contacted_at) AS contacted,
    count(closed_at) AS closed,
    count(CASE WHEN closed_at IS NOT NULL AND called_back IS NOT NULL THEN 1 END) AS called,
    count(CASE WHEN closed_at IS NOT NULL AND called_back THEN 1 END) AS answered,
    count(CASE WHEN closed_at IS NOT NULL AND called_back AND resolved THEN 1 END) AS resolved,
    count(CASE WHEN closed_at IS NOT NULL AND called_back AND satisfied = '满意' THEN 1 END) AS satisfied,
    count(CASE WHEN closed_at IS NOT NULL AND called_back AND satisfied IS NOT NULL THEN 1 END) AS judged,
    count(CASE WHEN is_due THEN 1 END) AS due,
    count(CASE WHEN is_due AND is_on_time THEN 1 END) AS on_time
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
