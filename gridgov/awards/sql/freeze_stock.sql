-- grain: one grid and month: households, taken from the grid itself or summed from those below it
-- parameters: $start, $end
WITH leaf AS (
    SELECT c.ancestor_id AS grid_id, m.month, sum(m.households)::BIGINT AS households
    FROM grid_month m
    JOIN grid g ON g.grid_id = m.grid_id
    JOIN grid_closure c ON c.grid_id = m.grid_id AND c.ancestor_id <> c.grid_id
    WHERE g.level = '微'
    GROUP BY c.ancestor_id, m.month
),
own AS (
    SELECT grid_id, month, households::BIGINT AS households FROM grid_month
)
SELECT coalesce(own.grid_id, leaf.grid_id) AS grid_id, coalesce(own.month, leaf.month) AS month,
       coalesce(own.households, leaf.households, 0)::BIGINT AS households
FROM own
FULL JOIN leaf ON leaf.grid_id = own.grid_id AND leaf.month = own.month
WHERE coalesce(own.month, leaf.month) BETWEEN $start::DATE AND $end::DATE
ORDER BY 1, 2
