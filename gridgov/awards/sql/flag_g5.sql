-- grain: one visit entered late; amount = hours
-- parameters: $hours
SELECT worker_id, visit_id AS event_id, date_diff('hour', occurred_at, entered_at)::DOUBLE AS amount
FROM flag_visit
WHERE entered_at > occurred_at + to_hours($hours::INTEGER)
ORDER BY worker_id, visit_id
