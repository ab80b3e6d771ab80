-- Grain: one month and unit.
-- Parameters: $from_day, $to_day; the units are appended.
SELECT month, grid_id, households, residents, shops, base_grids, CAST(capacity AS DOUBLE) AS capacity
FROM mart_stock_month
WHERE month BETWEEN date_trunc('month', $from_day::DATE) AND $to_day
