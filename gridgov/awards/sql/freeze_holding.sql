-- grain: one stretch in which a worker held a grid of the track's level, with so many others
-- parameters: $level, $kind, $since, $end
SELECT h.grid_id, h.worker_id, h.valid_from, coalesce(h.valid_to, $end::DATE) AS valid_to,
       h.holders::INTEGER AS holders
FROM grid_holder h
JOIN grid g ON g.grid_id = h.grid_id
WHERE g.level = $level AND h.kind = $kind AND h.worker_id IS NOT NULL
  AND h.valid_from <= $end::DATE
  AND coalesce(h.valid_to, $end::DATE) >= $since::DATE
ORDER BY h.grid_id, h.worker_id, h.valid_from
