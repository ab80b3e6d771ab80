-- Grain: one general grid and month, months without a neighbour day included.
-- Parameters: $start, $finish, $grid_id (NULL: all).
WITH place AS (
    SELECT grid_id, name FROM grid
    WHERE level = '一般'
        AND (valid_from IS NULL OR valid_from <= $finish) AND (valid_to IS NULL OR valid_to >= $start)
        AND (
            CAST($grid_id AS VARCHAR) IS NULL
            OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
        )
), months AS (
    SELECT CAST(m AS DATE) AS month
    FROM generate_series(date_trunc('month', $start::DATE), $finish::DATE, INTERVAL 1 MONTH) AS s (m)
), held AS (
    SELECT base_grid_id, CAST(date_trunc('month', on_date) AS DATE) AS month, sum(times) AS times
    FROM mart_activity_item
    WHERE kind = 'neighbour_day' AND on_date BETWEEN $start AND $finish
    GROUP BY base_grid_id, month
)
SELECT place.grid_id, place.name, months.month, CAST(coalesce(held.times, 0) AS BIGINT) AS times
FROM place CROSS JOIN months
LEFT JOIN held ON held.base_grid_id = place.grid_id AND held.month = months.month
ORDER BY place.grid_id, months.month
