-- Grain: one month and unit.
-- The units, and the months where there are many units, are appended (gridgov/metrics/compose.py).
SELECT month, grid_id, households, residents, shops, base_grids, CAST(capacity AS DOUBLE) AS capacity
FROM mart_stock_month
