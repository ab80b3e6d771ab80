-- Grain: one day and pillar with activities. All days, in their order.
-- Parameters: $grid_id (NULL: all).
SELECT
    on_date,
    pillar,
    CAST(sum(activities) AS BIGINT) AS activities,
    CAST(sum(attendances) AS BIGINT) AS attendances
FROM mart_activity_cell
WHERE (
    CAST($grid_id AS VARCHAR) IS NULL
    OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
)
GROUP BY on_date, pillar
ORDER BY on_date, pillar
