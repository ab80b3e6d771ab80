-- grain: one event of a place (contact due, complaint) and worker of a track that held the place
-- that day; `place_event` holds (kind, event_id, on_date, grid_id)
-- A place held by several is split among them; whoever holds two grids above it counts once.
WITH holder AS (
    SELECT DISTINCT b.track, e.kind, e.event_id, h.worker_id
    FROM place_event e
    JOIN beneath b ON b.grid_id = e.grid_id
    JOIN holding h ON h.track = b.track AND h.grid_id = b.held_grid_id
                  AND e.on_date BETWEEN h.valid_from AND h.valid_to
)
SELECT track, kind, event_id, worker_id,
       row_number() OVER (PARTITION BY track, kind, event_id ORDER BY worker_id) AS position,
       count(*) OVER (PARTITION BY track, kind, event_id) AS sharers
FROM holder
ORDER BY track, kind, event_id, worker_id
