-- 办过邻里日的一般网格
-- Reads `tally`: the items of the activities, of which the engine counts the distinct ones.
SELECT
    * EXCLUDE (item),
    base_grid_id AS item
FROM tally
WHERE kind = 'neighbour_day'
