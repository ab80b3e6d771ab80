-- grain: 一个网格、一天、一种活动类型、一个五在类别一行（不含下级）
-- partition: on_date
-- reads: fact_activity
-- @grid_id 举办网格；认不出时为空
-- @on_date 活动日期
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
    grid_id, on_date, type, pillar,
    CAST(count(*) AS INTEGER) AS activities,
    CAST(sum(CASE WHEN planned THEN 1 ELSE 0 END) AS INTEGER) AS planned,
    CAST(count(planned) AS INTEGER) AS planned_known,
    CAST(sum(coalesce(attendances, 0)) AS INTEGER) AS attendances,
    CAST(count(attendances) AS INTEGER) AS counted,
    CAST(sum(CASE WHEN attendances IS NOT NULL THEN coalesce(first_timers, 0) ELSE 0 END) AS INTEGER) AS first_timers,
    CAST(sum(CASE WHEN first_timers IS NOT NULL THEN coalesce(attendances, 0) ELSE 0 END) AS INTEGER) AS first_base,
    CAST(sum(CASE WHEN code = 'party_lesson' THEN 1 ELSE 0 END) AS INTEGER) AS party_lessons,
    CAST(sum(CASE WHEN code = 'neighbour_day' THEN 1 ELSE 0 END) AS INTEGER) AS neighbour_days,
    CAST(sum(CASE WHEN code = 'free_service' THEN coalesce(services, 0) ELSE 0 END) AS INTEGER) AS free_services,
    CAST(sum(CASE WHEN code = 'stall' AND services IS NOT NULL THEN 1 ELSE 0 END) AS INTEGER) AS stall_events,
    CAST(sum(CASE WHEN code = 'stall' THEN coalesce(services, 0) ELSE 0 END) AS INTEGER) AS stalls,
    CAST(sum(CASE WHEN code = 'job_fair' AND enrolled IS NOT NULL THEN coalesce(attendances, 0) ELSE 0 END) AS INTEGER) AS fair_attendances,
    CAST(sum(CASE WHEN code = 'job_fair' AND attendances IS NOT NULL THEN coalesce(enrolled, 0) ELSE 0 END) AS INTEGER) AS fair_intents,
    CAST(sum(CASE WHEN code = 'course' AND attendances IS NOT NULL THEN coalesce(enrolled, 0) ELSE 0 END) AS INTEGER) AS course_enrolled,
    CAST(sum(CASE WHEN code = 'course' AND enrolled IS NOT NULL THEN coalesce(attendances, 0) ELSE 0 END) AS INTEGER) AS course_attended,
    CAST(sum(CASE WHEN rated IS NOT NULL THEN coalesce(satisfied, 0) ELSE 0 END) AS INTEGER) AS satisfied,
    CAST(sum(CASE WHEN satisfied IS NOT NULL THEN coalesce(rated, 0) ELSE 0 END) AS INTEGER) AS rated
FROM fact_activity
WHERE on_date IN (SELECT part FROM touched)
GROUP BY grid_id, on_date, type, pillar
ORDER BY on_date, grid_id
