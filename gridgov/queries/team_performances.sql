-- Grain: one team and day with shows. All days, in their order.
-- Parameters: $grid_id (NULL: all).
SELECT item AS team, on_date, CAST(sum(times) AS BIGINT) AS shows
FROM mart_activity_item
WHERE kind = 'team'
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY item, on_date
ORDER BY on_date, item
