-- Grain: one kind of need and month, of what was found or due by the data date, and the month in which it
-- was closed (empty: not by the data date, or only found). As visits_needs.sql, all months.
-- Parameters: $grid_id (NULL: all).
SELECT
    c.need,
    CAST(date_trunc('month', c.on_date) AS DATE) AS month,
    CASE WHEN c.closed_on <= a.data_date THEN CAST(date_trunc('month', c.closed_on) AS DATE) END AS closed_month,
    CAST(sum(c.found) AS BIGINT) AS found,
    CAST(sum(c.due) AS BIGINT) AS due,
    CAST(sum(c.in_time) AS BIGINT) AS in_time
FROM mart_need_cell AS c CROSS JOIN mart_as_of AS a
WHERE c.on_date <= a.data_date
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR c.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY ALL
