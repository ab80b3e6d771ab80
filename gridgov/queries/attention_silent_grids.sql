-- Grain: one general grid with micro-grids that have had no visit on record for $days days or more.
-- Parameters: $as_of (data date), $days, $grid_id (NULL: everything visible).
WITH newest AS (
    SELECT grid_id, last_on FROM mart_grid_last WHERE log = 'visit'
),
silent AS (
    SELECT
        grid.grid_id,
        grid.parent_id,
        grid.name,
        date_diff('day', newest.last_on, $as_of) AS days
    FROM grid
    LEFT JOIN newest ON newest.grid_id = grid.grid_id
    WHERE
        grid.level = '微'
        AND (grid.valid_from IS NULL OR grid.valid_from <= $as_of)
        AND (grid.valid_to IS NULL OR grid.valid_to >= $as_of)
        AND (newest.last_on IS NULL OR date_diff('day', newest.last_on, $as_of) >= $days)
        AND (
            CAST($grid_id AS VARCHAR) IS NULL
            OR grid.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
        )
)
SELECT
    parent_id AS grid_id,
    CAST(count(*) AS INTEGER) AS micro_grids,
    CAST(max(days) AS INTEGER) AS longest_days,
    min(name) AS first_name
FROM silent
GROUP BY ALL
ORDER BY micro_grids DESC, grid_id
