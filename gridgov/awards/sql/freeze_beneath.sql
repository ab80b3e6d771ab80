-- grain: one grid below (or itself) a grid of the track's level: whose events it takes
-- parameters: $level, $subtree
SELECT c.ancestor_id AS held_grid_id, c.grid_id
FROM grid_closure c
JOIN grid a ON a.grid_id = c.ancestor_id
WHERE a.level = $level AND ($subtree OR c.ancestor_id = c.grid_id)
ORDER BY c.ancestor_id, c.grid_id
