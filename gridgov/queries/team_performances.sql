-- Grain: one team ever seen, with its shows in the period; teams that did not perform included.
-- Parameters: $start, $finish, $grid_id (NULL: all).
SELECT
    item AS team,
    CAST(sum(CASE WHEN on_date BETWEEN $start AND $finish THEN times ELSE 0 END) AS BIGINT) AS shows,
    max(CASE WHEN on_date <= $finish THEN on_date END) AS last_on
FROM mart_activity_item
WHERE kind = 'team' AND on_date <= $finish
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY item
ORDER BY shows DESC, team
