-- 不同的共建单位
-- Reads `tally`: the items of the activities, of which the engine counts the distinct ones.
SELECT
    * EXCLUDE (item),
    item AS item
FROM tally
WHERE kind = 'partner'
