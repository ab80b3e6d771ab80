-- Of the rows that the batch brought: Names and accounts in activity.workers that neither worker nor worker_alias knows, most frequent first.
WITH cell AS (SELECT workers AS cell, count(*) AS n, min(row_number) AS row_number FROM activity WHERE batch_id = $batch AND workers IS NOT NULL GROUP BY ALL),
name AS (SELECT unnest(string_split(cell, '、')) AS name, n, row_number FROM cell)
SELECT 'workers', min(row_number), name, sum(n) FROM name
WHERE name NOT IN (SELECT worker_id FROM worker) AND name NOT IN (SELECT name FROM worker)
AND name NOT IN (SELECT alias FROM worker_alias) AND EXISTS (SELECT 1 FROM worker)
GROUP BY name ORDER BY 4 DESC, 3 LIMIT 200
