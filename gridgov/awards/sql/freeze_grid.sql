-- grain: one grid with its kind, its general grid and the unit inside which candidates are ranked
-- parameters: $within
WITH general AS (
    SELECT c.grid_id, min(c.ancestor_id) AS general_id
    FROM grid_closure c
    WHERE c.ancestor_level = '一般'
    GROUP BY c.grid_id
),
stratum AS (
    SELECT c.grid_id, min(c.ancestor_id) AS stratum_id
    FROM grid_closure c
    WHERE c.ancestor_level = $within
    GROUP BY c.grid_id
)
SELECT g.grid_id, g.name, g.level, coalesce(g.kind, '') AS kind, general.general_id,
       upper_grid.name AS general_name, stratum.stratum_id, coalesce(unit.name, '') AS stratum_name
FROM grid g
LEFT JOIN general ON general.grid_id = g.grid_id
LEFT JOIN grid upper_grid ON upper_grid.grid_id = general.general_id
LEFT JOIN stratum ON stratum.grid_id = g.grid_id
LEFT JOIN grid unit ON unit.grid_id = stratum.stratum_id
ORDER BY g.grid_id
