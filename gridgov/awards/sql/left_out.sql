-- grain: one track, worker, component and reason: how many events were left out
SELECT track, worker_id, component, reason, count(*)::INTEGER AS events
FROM event
WHERE reason <> ''
GROUP BY track, worker_id, component, reason
ORDER BY track, worker_id, component, reason
