-- Grain: one kind of need with a record or a deadline in the period.
-- Parameters: $start, $finish, $grid_id (NULL: all).
SELECT
    need,
    count(CASE WHEN on_date BETWEEN $start AND $finish THEN 1 END) AS found,
    count(CASE WHEN need_due BETWEEN $start AND $finish THEN 1 END) AS due,
    count(CASE
        WHEN need_due BETWEEN $start AND $finish AND CAST(need_closed_at AS DATE) <= need_due THEN 1
    END) AS in_time,
    count(CASE
        WHEN need_due BETWEEN $start AND $finish
            AND (need_closed_at IS NULL OR CAST(need_closed_at AS DATE) > $finish) THEN 1
    END) AS still_open
FROM fact_visit
WHERE need IS NOT NULL
    AND (on_date BETWEEN $start AND $finish OR need_due BETWEEN $start AND $finish)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY need
ORDER BY found DESC, need
