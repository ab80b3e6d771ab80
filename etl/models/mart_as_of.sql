-- grain: 整个数据一行
-- reads: visit~, activity~, complaint~, tenure~, key_person~
-- @data_date 数据日期：各日志中最新的事件日期，所有页面的“今天”
-- @first_on 最早的事件日期
-- @first_visit_on 最早的走访日期
-- @first_due_on 从这天起才谈得上应联系：最早的走访日期；比最早的任职和列入日期还早一年以上的，取后者
-- @first_activity_on 最早的活动日期
-- @first_complaint_on 最早的诉求受理日期
WITH visit_span AS (
    SELECT min(occurred_at) AS first_at, max(occurred_at) AS last_at FROM visit
), activity_span AS (
    SELECT min(started_at) AS first_at, max(started_at) AS last_at FROM activity
), complaint_span AS (
    SELECT min(created_at) AS first_at, max(created_at) AS last_at FROM complaint
), reference_span AS (
    SELECT min(valid_from) AS first_on
    FROM (SELECT valid_from FROM tenure UNION ALL SELECT valid_from FROM key_person) AS spell
)
SELECT
    CAST(greatest(v.last_at, a.last_at, c.last_at) AS DATE) AS data_date,
    CAST(least(v.first_at, a.first_at, c.first_at) AS DATE) AS first_on,
    CAST(v.first_at AS DATE) AS first_visit_on,
    -- One visit with a mistyped year would make decades of periods in which nobody came.
    CASE WHEN CAST(v.first_at AS DATE) < date_add(r.first_on, -366) THEN r.first_on ELSE CAST(v.first_at AS DATE) END
        AS first_due_on,
    CAST(a.first_at AS DATE) AS first_activity_on,
    CAST(c.first_at AS DATE) AS first_complaint_on
FROM visit_span AS v CROSS JOIN activity_span AS a CROSS JOIN complaint_span AS c CROSS JOIN reference_span AS r
