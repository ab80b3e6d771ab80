-- Of the rows that the batch brought: Grid ids in key_person that the table grid does not know.
SELECT 'grid_id', min(row_number), grid_id, count(*) FROM key_person WHERE batch_id = $batch AND grid_id NOT IN (SELECT grid_id FROM grid) AND grid_id NOT IN (SELECT name FROM grid)
AND EXISTS (SELECT 1 FROM grid) GROUP BY grid_id ORDER BY 4 DESC, 3 LIMIT 200
