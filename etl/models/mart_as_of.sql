-- grain: 整个数据一行
-- reads: visit~, activity~, complaint~
-- @data_date 数据日期：各日志中最新的事件日期，所有页面的“今天”
-- @first_on 最早的事件日期
-- @first_visit_on 最早的走访日期
-- @first_activity_on 最早的活动日期
-- @first_complaint_on 最早的诉求受理日期
WITH visit_span AS (
    SELECT min(occurred_at) AS first_at, max(occurred_at) AS last_at FROM visit
), activity_span AS (
    SELECT min(started_at) AS first_at, max(started_at) AS last_at FROM activity
), complaint_span AS (
    SELECT min(created_at) AS first_at, max(created_at) AS last_at FROM complaint
)
SELECT
    CAST(greatest(v.last_at, a.last_at, c.last_at) AS DATE) AS data_date,
    CAST(least(v.first_at, a.first_at, c.first_at) AS DATE) AS first_on,
    CAST(v.first_at AS DATE) AS first_visit_on,
    CAST(a.first_at AS DATE) AS first_activity_on,
    CAST(c.first_at AS DATE) AS first_complaint_on
FROM visit_span AS v CROSS JOIN activity_span AS a CROSS JOIN complaint_span AS c
