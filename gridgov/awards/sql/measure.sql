-- grain: one track, worker and component: parts counted as good, parts counted at all
SELECT track, worker_id, component,
       sum(CASE WHEN reason = '' THEN parts * good ELSE 0 END)::BIGINT AS good_parts,
       sum(CASE WHEN reason = '' THEN parts ELSE 0 END)::BIGINT AS parts
FROM event
GROUP BY track, worker_id, component
ORDER BY track, worker_id, component
