-- 逾期未访人数：到期末为止的变化之和
-- Reads `tally`: changes by day, which the engine adds up to the end of each bucket.
SELECT
    *,
    part AS tier,
    change AS numerator
FROM tally
WHERE kind = 'person'
