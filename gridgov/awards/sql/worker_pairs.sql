-- grain: one worker: pairs of own notes that are alike
SELECT worker_id, (sum(alike) // 2)::BIGINT AS pairs
FROM flag_visit
GROUP BY worker_id
ORDER BY worker_id
