-- Of the rows that the batch brought: Grids whose parent is not in the table.
SELECT 'parent_id', min(row_number), parent_id, count(*) FROM grid WHERE batch_id = $batch AND parent_id IS NOT NULL AND parent_id NOT IN (SELECT grid_id FROM grid)
GROUP BY parent_id ORDER BY 4 DESC, 3 LIMIT 200
