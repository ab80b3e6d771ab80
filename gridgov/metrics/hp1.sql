-- 参加过活动的不同户；分母是户数
-- Reads `tally`: one row for households first reached on `on_date`, and the month before it that last reached them.
SELECT
    *,
    households AS numerator
FROM tally
WHERE kind = 'attendance'
