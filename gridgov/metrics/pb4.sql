-- 格格讲堂各类主讲人的场次；引擎算信息熵
-- Reads `tally`: the items of the activities, of which the engine takes the entropy.
SELECT *
FROM tally
WHERE kind = 'speaker'
