-- grain: 一个网格（含下级）、一月、一种活动类型、一个五在类别一行
-- partition: month
-- reads: mart_activity_cell, model_rollup
-- @grid_id 网格（含下级）；* 为全部，含认不出网格的记录
-- @month 月份，当月一日
-- @type 活动类型
-- @pillar 五在类别
-- @activities 场次
-- @planned 计划内场次
-- @planned_known 说明了是否计划内的场次
-- @attendances 参与人次
-- @counted 有参与人次的场次
-- @first_timers 首次参与人数
-- @first_base 填了首次参与的活动的参与人次
-- @party_lessons 微党课场次
-- @neighbour_days 邻里日场次
-- @free_services 义务服务项次
-- @stall_events 经营点活动场次（填了服务项次的）
-- @stalls 这些活动用掉的摊位数
-- @fair_attendances 招聘会参与人次（填了意向人数的）
-- @fair_intents 招聘会意向人数
-- @course_enrolled 课程报名人数（填了参与人次的）
-- @course_attended 课程到课人次
-- @satisfied 满意数
-- @rated 评价数
SELECT
    r.ancestor_id AS grid_id,
    CAST(date_trunc('month', c.on_date) AS DATE) AS month,
    c.type,
    c.pillar,
    CAST(sum(c.activities) AS INTEGER) AS activities,
    CAST(sum(c.planned) AS INTEGER) AS planned,
    CAST(sum(c.planned_known) AS INTEGER) AS planned_known,
    CAST(sum(c.attendances) AS INTEGER) AS attendances,
    CAST(sum(c.counted) AS INTEGER) AS counted,
    CAST(sum(c.first_timers) AS INTEGER) AS first_timers,
    CAST(sum(c.first_base) AS INTEGER) AS first_base,
    CAST(sum(c.party_lessons) AS INTEGER) AS party_lessons,
    CAST(sum(c.neighbour_days) AS INTEGER) AS neighbour_days,
    CAST(sum(c.free_services) AS INTEGER) AS free_services,
    CAST(sum(c.stall_events) AS INTEGER) AS stall_events,
    CAST(sum(c.stalls) AS INTEGER) AS stalls,
    CAST(sum(c.fair_attendances) AS INTEGER) AS fair_attendances,
    CAST(sum(c.fair_intents) AS INTEGER) AS fair_intents,
    CAST(sum(c.course_enrolled) AS INTEGER) AS course_enrolled,
    CAST(sum(c.course_attended) AS INTEGER) AS course_attended,
    CAST(sum(c.satisfied) AS INTEGER) AS satisfied,
    CAST(sum(c.rated) AS INTEGER) AS rated
FROM mart_activity_cell AS c
JOIN model_rollup AS r ON r.grid_id = coalesce(c.grid_id, '')
WHERE CAST(date_trunc('month', c.on_date) AS DATE) IN (SELECT part FROM touched)
GROUP BY r.ancestor_id, CAST(date_trunc('month', c.on_date) AS DATE), c.type, c.pillar
ORDER BY CAST(date_trunc('month', c.on_date) AS DATE), r.ancestor_id
