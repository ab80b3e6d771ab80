-- grain: 一场活动的一户签到一行
-- partition: on_date
-- reads: fact_activity, attendance, household
-- @activity_id 活动编号
-- @on_date 活动日期
-- @grid_id 举办网格
-- @home_grid_id 这户居住的网格；户表没有时取举办网格
-- @household 户代号
-- @persons 签到人数；未填按 1
-- @category 参与人群
-- @first_time 是否首次
-- @pillar 五在类别
WITH home AS (
    SELECT household, min(grid_id) AS grid_id FROM household GROUP BY household
)
SELECT
    s.activity_id,
    a.on_date,
    a.grid_id,
    coalesce(h.grid_id, a.grid_id) AS home_grid_id,
    s.household,
    coalesce(s.persons, 1) AS persons,
    s.category,
    s.first_time,
    a.pillar
FROM fact_activity AS a
JOIN attendance AS s ON s.activity_id = a.activity_id
LEFT JOIN home AS h ON h.household = s.household
WHERE a.on_date IN (SELECT part FROM touched)
