-- Grain: one grid to draw.
-- Parameters: $units (grid ids).
SELECT
    g.grid_id, g.name, g.level, g.parent_id, g.kind, g.outline,
    s.households, s.residents, s.shops
FROM grid AS g
CROSS JOIN mart_as_of AS a
LEFT JOIN mart_stock_month AS s
    ON s.grid_id = g.grid_id AND s.month = CAST(date_trunc('month', a.data_date) AS DATE)
WHERE g.grid_id IN (SELECT unnest($units::VARCHAR[]))
ORDER BY g.grid_id
