-- Grain: one grid that the reader may see.
-- Parameters: none.
SELECT grid_id, name FROM grid ORDER BY grid_id
