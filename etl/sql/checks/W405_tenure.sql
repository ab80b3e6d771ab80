-- Grids that two workers held on the same day; occurrences = pairs of tenures that overlap.
SELECT 'grid_id', min(a.row_number), a.grid_id, count(*)
FROM tenure AS a JOIN tenure AS b ON a.grid_id = b.grid_id AND a.worker_id < b.worker_id
AND a.valid_from <= coalesce(b.valid_to, DATE '9999-12-31')
AND b.valid_from <= coalesce(a.valid_to, DATE '9999-12-31')
AND a.role IS NOT DISTINCT FROM b.role
GROUP BY a.grid_id ORDER BY a.grid_id LIMIT 200
