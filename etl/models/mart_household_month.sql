-- grain: 一个网格、一种触达、一个五在类别、一户一月一行（不含下级）
-- partition: month
-- reads: fact_visit, fact_attendance
-- @grid_id 网格：走访按走访网格，活动按这户居住的网格
-- @kind visit 走访，shop 走访商户，attendance 参加活动
-- @pillar 五在类别；空文本 = 不分类别
-- @month 当月一日
-- @household 户代号
-- @first_on 这个月首次触达的日期
SELECT grid_id, 'visit' AS kind, '' AS pillar, CAST(date_trunc('month', on_date) AS DATE) AS month, household, min(on_date) AS first_on
FROM fact_visit
WHERE household IS NOT NULL AND on_date BETWEEN touched_from() AND touched_to()
    AND date_trunc('month', on_date) IN (SELECT part FROM touched)
GROUP BY grid_id, CAST(date_trunc('month', on_date) AS DATE), household
UNION ALL
SELECT grid_id, 'shop' AS kind, '' AS pillar, CAST(date_trunc('month', on_date) AS DATE) AS month, household, min(on_date) AS first_on
FROM fact_visit
WHERE household IS NOT NULL AND category = '商户' AND on_date BETWEEN touched_from() AND touched_to()
    AND date_trunc('month', on_date) IN (SELECT part FROM touched)
GROUP BY grid_id, CAST(date_trunc('month', on_date) AS DATE), household
UNION ALL
SELECT home_grid_id AS grid_id, 'attendance' AS kind, '' AS pillar, CAST(date_trunc('month', on_date) AS DATE) AS month, household, min(on_date) AS first_on
FROM fact_attendance
WHERE household IS NOT NULL AND on_date BETWEEN touched_from() AND touched_to()
    AND date_trunc('month', on_date) IN (SELECT part FROM touched)
GROUP BY home_grid_id, CAST(date_trunc('month', on_date) AS DATE), household
UNION ALL
SELECT home_grid_id AS grid_id, 'attendance' AS kind, pillar, CAST(date_trunc('month', on_date) AS DATE) AS month, household, min(on_date) AS first_on
FROM fact_attendance
WHERE household IS NOT NULL AND pillar IS NOT NULL AND on_date BETWEEN touched_from() AND touched_to()
    AND date_trunc('month', on_date) IN (SELECT part FROM touched)
GROUP BY home_grid_id, pillar, CAST(date_trunc('month', on_date) AS DATE), household
