-- 走访过的不同商铺；分母是商铺数
-- Reads `tally`: one row for households first reached on `on_date`, and the month before it that last reached them.
SELECT
    *,
    households AS numerator
FROM tally
WHERE kind = 'shop'
