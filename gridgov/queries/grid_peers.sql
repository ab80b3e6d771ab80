-- Grain: one grid of the same level to compare with: under the same parent, those of its kind first.
-- Parameters: $grid_id.
SELECT g.grid_id, g.name, g.kind, coalesce(g.kind = me.kind, false) AS same_kind, s.households
FROM grid AS me
JOIN grid AS g ON g.level = me.level AND g.parent_id IS NOT DISTINCT FROM me.parent_id AND g.grid_id <> me.grid_id
CROSS JOIN mart_as_of AS a
LEFT JOIN mart_stock_month AS s
    ON s.grid_id = g.grid_id AND s.month = CAST(date_trunc('month', a.data_date) AS DATE)
WHERE me.grid_id = $grid_id
    AND (g.valid_to IS NULL OR g.valid_to >= a.data_date)
ORDER BY same_kind DESC, g.grid_id
