-- Grain: one grid with its households in a month.
-- Parameters: $units (grid ids), $month (its first day).
SELECT grid_id, households FROM mart_stock_month
WHERE month = $month AND grid_id IN (SELECT unnest($units::VARCHAR[]))
