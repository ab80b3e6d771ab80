-- Grain: the first general grid, for trying the supervisor's view of the sample.
-- Parameters: none.
SELECT grid_id FROM grid WHERE level = '一般' ORDER BY grid_id LIMIT 1
