-- Grain: the first micro-grid worker, for trying the worker's view of the sample.
-- Parameters: none.
SELECT worker_id FROM worker WHERE kind = '微' ORDER BY worker_id LIMIT 1
