-- grain: one visit whose note is almost that of another of the same worker; amount = how many
SELECT worker_id, visit_id AS event_id, alike::DOUBLE AS amount
FROM flag_visit
WHERE alike > 0
ORDER BY worker_id, visit_id
