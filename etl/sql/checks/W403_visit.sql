-- Grids in force without any visit in the last 90 days of data; only the lowest level that has any.
WITH newest AS (SELECT CAST($newest AS DATE) AS d),
leaf AS (
    SELECT g.grid_id, g.name FROM grid AS g, newest AS n
    WHERE g.grid_id NOT IN (SELECT parent_id FROM grid WHERE parent_id IS NOT NULL)
    AND coalesce(g.valid_from, n.d) <= n.d AND coalesce(g.valid_to, n.d) >= n.d
),
seen AS (SELECT DISTINCT grid FROM visit WHERE occurred_at >= CAST($newest AS DATE) - 89)
SELECT 'grid', NULL, leaf.name, 1 FROM leaf
WHERE leaf.grid_id NOT IN (SELECT grid FROM seen WHERE grid IS NOT NULL)
AND leaf.name NOT IN (SELECT grid FROM seen WHERE grid IS NOT NULL)
AND EXISTS (SELECT 1 FROM seen) ORDER BY leaf.grid_id LIMIT 200
