-- grain: 一场活动一行
-- partition: on_date
-- reads: activity, attendance, activity_type, model_grid_name
-- @activity_id 活动编号
-- @on_date 活动日期
-- @started_at 开始时间
-- @ended_at 结束时间
-- @grid_id 举办网格；认不出时为空
-- @name 活动名称
-- @type 活动类型
-- @code 统计口径：neighbour_day、party_lesson、lecture、show、course、job_fair …
-- @pillar 五在类别；日志未填时按活动类型
-- @micro 五微
-- @place 地点
-- @planned 计划内
-- @attendances 参与人次；日志未填时为签到人数之和，两者都没有则为空
-- @households 参与户数；日志未填时为签到户数
-- @first_timers 首次参与；日志未填时为首次签到的人数
-- @partners 共建单位
-- @speaker 主讲类型
-- @team 展演队伍
-- @services 服务项次
-- @enrolled 报名
-- @satisfied 满意数
-- @rated 评价数
WITH signed AS (
    SELECT
        activity_id,
        sum(coalesce(persons, 1)) AS persons,
        count(DISTINCT household) AS households,
        sum(CASE WHEN first_time THEN coalesce(persons, 1) ELSE 0 END) AS first_timers,
        count(first_time) AS first_known
    FROM attendance
    WHERE activity_id IN (
        SELECT activity_id FROM activity
        WHERE started_at >= touched_from() AND started_at < date_add(touched_to(), 1)
    )
    GROUP BY activity_id
)
SELECT
    a.activity_id,
    CAST(a.started_at AS DATE) AS on_date,
    a.started_at,
    a.ended_at,
    g.grid_id,
    a.name,
    a.type,
    t.code,
    coalesce(a.pillar, t.pillar) AS pillar,
    t.micro,
    a.place,
    a.planned,
    CAST(coalesce(a.attendances, s.persons) AS INTEGER) AS attendances,
    CAST(coalesce(a.households, s.households) AS INTEGER) AS households,
    CAST(coalesce(a.first_timers, CASE WHEN s.first_known > 0 THEN s.first_timers END) AS INTEGER) AS first_timers,
    a.partners,
    a.speaker,
    a.team,
    a.services,
    a.enrolled,
    a.satisfied,
    a.rated
FROM activity AS a
LEFT JOIN activity_type AS t ON t.type = a.type
LEFT JOIN model_grid_name AS g ON g.text = a.grid
LEFT JOIN signed AS s ON s.activity_id = a.activity_id
WHERE a.started_at >= touched_from() AND a.started_at < date_add(touched_to(), 1)
    AND CAST(a.started_at AS DATE) IN (SELECT part FROM touched)
