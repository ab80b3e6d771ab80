-- grain: 一个网格（含下级）、一种触达、一个五在类别、一月、上一个触达月一行
-- partition: month
-- reads: mart_reach_day
-- @grid_id 网格（含下级）；* 为全部
-- @kind visit 走访，shop 走访商户，attendance 参加活动
-- @pillar 五在类别；空文本 = 不分类别
-- @month 当月一日
-- @prev_month 这户之前最近一次被触达的月份；从未则为空
-- @households 户数
SELECT
    grid_id, kind, pillar, month, prev_month, CAST(sum(households) AS INTEGER) AS households
FROM mart_reach_day
WHERE month IN (SELECT part FROM touched)
GROUP BY grid_id, kind, pillar, month, prev_month
ORDER BY kind, pillar, month, grid_id
