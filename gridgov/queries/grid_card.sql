-- Grain: one row: the grid, with its stock in the newest month.
-- Parameters: $grid_id.
SELECT
    g.grid_id, g.name, g.level, g.kind, g.parent_id, p.name AS parent_name,
    g.has_party_organisation, g.valid_from, g.valid_to,
    s.households, s.residents, s.shops, CAST(s.capacity AS DOUBLE) AS capacity,
    (SELECT count(*) FROM grid_closure WHERE ancestor_id = $grid_id AND depth > 0) AS grids_below
FROM grid AS g
LEFT JOIN grid AS p ON p.grid_id = g.parent_id
LEFT JOIN mart_stock_month AS s
    ON s.grid_id = g.grid_id
    AND s.month = (SELECT max(month) FROM mart_stock_month WHERE grid_id = $grid_id)
WHERE g.grid_id = $grid_id
