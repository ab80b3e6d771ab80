-- Of the rows that the batch brought: Worker ids in tenure that the table worker does not know.
SELECT 'worker_id', min(row_number), worker_id, count(*) FROM tenure WHERE batch_id = $batch AND worker_id NOT IN (SELECT worker_id FROM worker) AND EXISTS (SELECT 1 FROM worker)
GROUP BY worker_id ORDER BY 4 DESC, 3 LIMIT 200
