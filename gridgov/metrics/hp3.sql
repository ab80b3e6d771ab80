-- 每季度展演的不同队伍
-- Reads `tally`: the items of the activities, of which the engine counts the distinct ones.
SELECT
    * EXCLUDE (item),
    concat(CAST(date_trunc('quarter', on_date) AS VARCHAR), item) AS item
FROM tally
WHERE kind = 'team'
