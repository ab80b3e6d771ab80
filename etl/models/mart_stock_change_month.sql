-- grain: 一个网格（含下级）、一月、一种在办事项、一个分组一行
-- partition: month
-- reads: mart_stock_change
-- @grid_id 网格（含下级）；* 为全部
-- @month 当月一日
-- @kind person 逾期未访的重点人员，case 超期在办的诉求
-- @part 联系频次或诉求类别
-- @change 这个月新增减去这个月消去；从头加到某月就是那个月末的数
SELECT
    grid_id,
    CAST(date_trunc('month', on_date) AS DATE) AS month,
    kind,
    part,
    CAST(sum(change) AS INTEGER) AS change
FROM mart_stock_change
WHERE on_date BETWEEN touched_from() AND touched_to() AND date_trunc('month', on_date) IN (SELECT part FROM touched)
GROUP BY grid_id, CAST(date_trunc('month', on_date) AS DATE), kind, part
ORDER BY kind, CAST(date_trunc('month', on_date) AS DATE), grid_id
