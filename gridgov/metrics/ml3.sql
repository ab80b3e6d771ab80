-- 办了邻里日的月份
-- Reads `tally`: the items of the activities, of which the engine counts the distinct ones.
SELECT
    * EXCLUDE (item),
    CAST(date_trunc('month', on_date) AS VARCHAR) AS item
FROM tally
WHERE kind = 'neighbour_day'
