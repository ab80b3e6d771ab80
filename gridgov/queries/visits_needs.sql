-- Grain: one kind of need with a record or a deadline in the period.
-- Parameters: $start, $finish, $grid_id (NULL: all).
SELECT
    need,
    CAST(sum(found) AS BIGINT) AS found,
    CAST(sum(due) AS BIGINT) AS due,
    CAST(sum(in_time) AS BIGINT) AS in_time,
    CAST(sum(CASE WHEN closed_on IS NULL OR closed_on > $finish THEN due ELSE 0 END) AS BIGINT) AS still_open
FROM mart_need_cell
WHERE on_date BETWEEN $start AND $finish
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY need
ORDER BY found DESC, need
