-- Of the rows that the batch brought: Grids in activity.grid that the table grid knows neither by id nor by name, most frequent first.
SELECT 'grid', min(row_number), grid, count(*) FROM activity WHERE batch_id = $batch AND grid IS NOT NULL AND grid NOT IN (SELECT grid_id FROM grid) AND grid NOT IN (SELECT name FROM grid)
AND EXISTS (SELECT 1 FROM grid) GROUP BY grid ORDER BY 4 DESC, 3 LIMIT 200
