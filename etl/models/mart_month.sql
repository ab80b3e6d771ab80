-- grain: 一个网格（含下级）一月一行：各月表并排，供一次读出一个单位的全部指标
-- partition: month
-- reads: mart_visit_month, mart_complaint_month, mart_complaint_cell, mart_contact_month, mart_activity_month, mart_activity_item, mart_stock_change_month, mart_reach_month, mart_handling_quantile_month, mart_stock_month, model_rollup, grid, mart_as_of
-- A cell is empty where the month's own table has no row: nothing known is not nothing. Upper grids lie together, for they are read together.
-- @grid_id 网格（含下级）；* 为全部，含认不出网格的记录
-- @month 当月一日
-- @visit_visits 走访次数
-- @visit_met 见到人的次数
-- @visit_met_known 说明了是否见面的次数
-- @visit_needs 记录了需求的次数
-- @visit_entered 有录入时间的次数
-- @visit_late 走访后超过 72 小时才录入的次数
-- @visit_flagged 有待复核情形的次数
-- @visit_contacts 每周联系对象的联系次数（写明没有见到人的不算）
-- @visit_in_person 其中上门
-- @visit_home_certifications 上门年审次数
-- @visit_needs_due 期限在这天的需求数
-- @visit_needs_in_time 其中按期办结
-- @visit_recert_due 到期日在这天的年审协助数
-- @visit_recert_in_time 其中到期前办好
-- @complaint_received 受理数（按受理日）
-- @complaint_response_due 受理已满 24 小时或已联系的（按受理日）
-- @complaint_response_pending 受理未满 24 小时又未联系的（按受理日）
-- @complaint_responded 24 小时内联系的（按受理日）
-- @complaint_repeats 30 天内重复的（按受理日）
-- @complaint_found_known 写明发现方式的（按受理日）
-- @complaint_found 网格员发现的（按受理日）
-- @complaint_scope_known 权责内外已明的（按受理日）
-- @complaint_out_of_scope 权责外的（按受理日）
-- @complaint_due 期限在这天的
-- @complaint_due_closed 其中已办结的
-- @complaint_due_on_time 其中按期办结的
-- @complaint_closed 办结数（按办结日）
-- @complaint_instant 受理的同一秒办结的（按办结日）
-- @complaint_reworked 重办过的（按办结日）
-- @complaint_settled_known 写明办结层级的（按办结日）
-- @complaint_settled_in_grid 在网格内办结的（按办结日）
-- @complaint_called 回访的（按办结日）
-- @complaint_answered 回访接通的（按办结日）
-- @complaint_resolved_known 接通且答了是否解决的（按办结日）
-- @complaint_resolved 其中已解决的
-- @complaint_satisfied_known 接通且答了满意度的（按办结日）
-- @complaint_satisfied 其中满意的
-- @complaint_outcome_known 写明是否解决的办结数（按办结日）
-- @complaint_outcome_resolved 其中已解决的
-- @complaint_vending 占道经营诉求的受理数（类别为市容占道）
-- @complaint_merchant_known 来源为商户、写明是否解决的办结数（按办结日）
-- @complaint_merchant_resolved 其中已解决的
-- @contact_due 这个月过完的应联系人次（人·周期）
-- @contact_contacted 其中至少联系一次的
-- @contact_due_weekly 应联系人次，每周联系的
-- @contact_contacted_weekly 其中至少联系一次的
-- @contact_due_monthly 应联系人次，每月联系的
-- @contact_contacted_monthly 其中至少联系一次的
-- @contact_due_quarterly 应联系人次，每季联系的
-- @contact_contacted_quarterly 其中至少联系一次的
-- @activity_attendances 参与人次
-- @activity_first_timers 首次参与人数
-- @activity_first_base 填了首次参与的活动的参与人次
-- @activity_party_lessons 微党课场次
-- @activity_free_services 义务服务项次
-- @activity_stall_events 经营点活动场次（填了服务项次的）
-- @activity_stalls 这些活动用掉的摊位数
-- @activity_fair_attendances 招聘会参与人次（填了意向人数的）
-- @activity_fair_intents 招聘会意向人数
-- @activity_course_enrolled 课程报名人数（填了参与人次的）
-- @activity_course_attended 课程到课人次
-- @activity_satisfied 满意数
-- @activity_rated 评价数
-- @partners 这个月参与活动的不同共建单位
-- @neighbour_days 邻里日出现次数
-- @neighbour_grids 办过邻里日的一般网格
-- @speaker_secretary 格格讲堂由书记主讲的次数
-- @speaker_resident 格格讲堂由居民主讲的次数
-- @speaker_property 格格讲堂由物业主讲的次数
-- @speaker_worker 格格讲堂由格格主讲的次数
-- @micro_organisation 微组织出现次数
-- @micro_class 微课堂出现次数
-- @micro_station 微站点出现次数
-- @micro_project 微项目出现次数
-- @micro_charity 微公益出现次数
-- @party_stated 月末有效、填写了是否有党组织的网格
-- @party_has 其中有党组织的
-- @overdue_weekly 每周联系的重点人员逾期人数的变化
-- @overdue_monthly 每月联系的重点人员逾期人数的变化
-- @overdue_quarterly 每季联系的重点人员逾期人数的变化
-- @overdue_cases 超期在办诉求的变化
-- @reached_visit 这个月走访过的不同户；各月不能相加
-- @reached_shop 这个月走访过的商铺不同户；各月不能相加
-- @reached_attendance 这个月参加过活动的不同户；各月不能相加
-- @case_closed 这个月受理的诉求中已办结的
-- @case_cases 这个月受理的诉求
-- @case_instant 受理的同一秒办结的
-- @case_half 办结一半所用的小时；没有办到一半为空
-- @case_most 办结九成所用的小时；没有办到九成为空
-- @households 户数
-- @residents 居民数
-- @shops 商铺数
-- @base_grids 当月末有效的一般网格数，见 mart_stock_month
-- @capacity 在岗格格这个月可承担的联系次数，见 mart_capacity_month
WITH contact AS (
    SELECT grid_id, month, sum(due) AS due, sum(contacted) AS contacted,
        sum(CASE WHEN tier = '每周' THEN due END) AS due_weekly, sum(CASE WHEN tier = '每周' THEN contacted END) AS contacted_weekly,
        sum(CASE WHEN tier = '每月' THEN due END) AS due_monthly, sum(CASE WHEN tier = '每月' THEN contacted END) AS contacted_monthly,
        sum(CASE WHEN tier = '每季' THEN due END) AS due_quarterly, sum(CASE WHEN tier = '每季' THEN contacted END) AS contacted_quarterly
    FROM mart_contact_month WHERE month IN (SELECT part FROM touched) GROUP BY grid_id, month
), activity AS (
    SELECT grid_id, month,
        sum(attendances) AS attendances, sum(first_timers) AS first_timers, sum(first_base) AS first_base,
        sum(party_lessons) AS party_lessons, sum(free_services) AS free_services, sum(stall_events) AS stall_events,
        sum(stalls) AS stalls, sum(fair_attendances) AS fair_attendances, sum(fair_intents) AS fair_intents,
        sum(course_enrolled) AS course_enrolled, sum(course_attended) AS course_attended, sum(satisfied) AS satisfied,
        sum(rated) AS rated
    FROM mart_activity_month WHERE month IN (SELECT part FROM touched) GROUP BY grid_id, month
), item AS (
    SELECT r.ancestor_id AS grid_id, CAST(date_trunc('month', l.on_date) AS DATE) AS month,
        count(DISTINCT CASE WHEN l.kind = 'partner' THEN l.item END) AS partners,
        sum(CASE WHEN l.kind = 'neighbour_day' THEN l.times END) AS neighbour_days,
        count(DISTINCT CASE WHEN l.kind = 'neighbour_day' THEN l.base_grid_id END) AS neighbour_grids,
        sum(CASE WHEN l.kind = 'speaker' AND l.item = '书记' THEN l.times END) AS speaker_secretary,
        sum(CASE WHEN l.kind = 'speaker' AND l.item = '居民' THEN l.times END) AS speaker_resident,
        sum(CASE WHEN l.kind = 'speaker' AND l.item = '物业' THEN l.times END) AS speaker_property,
        sum(CASE WHEN l.kind = 'speaker' AND l.item = '格格' THEN l.times END) AS speaker_worker,
        sum(CASE WHEN l.kind = 'micro' AND l.item = '微组织' THEN l.times END) AS micro_organisation,
        sum(CASE WHEN l.kind = 'micro' AND l.item = '微课堂' THEN l.times END) AS micro_class,
        sum(CASE WHEN l.kind = 'micro' AND l.item = '微站点' THEN l.times END) AS micro_station,
        sum(CASE WHEN l.kind = 'micro' AND l.item = '微项目' THEN l.times END) AS micro_project,
        sum(CASE WHEN l.kind = 'micro' AND l.item = '微公益' THEN l.times END) AS micro_charity
    FROM mart_activity_item AS l
    JOIN model_rollup AS r ON r.grid_id = coalesce(l.grid_id, '')
    WHERE date_trunc('month', l.on_date) IN (SELECT part FROM touched)
    GROUP BY r.ancestor_id, CAST(date_trunc('month', l.on_date) AS DATE)
), special AS (
    SELECT r.ancestor_id AS grid_id, CAST(date_trunc('month', c.on_date) AS DATE) AS month,
        sum(CASE WHEN c.category = '市容占道' THEN c.received END) AS vending,
        sum(CASE WHEN c.source = '商户' THEN c.outcome_known END) AS merchant_known,
        sum(CASE WHEN c.source = '商户' THEN c.outcome_resolved END) AS merchant_resolved
    FROM mart_complaint_cell AS c
    CROSS JOIN mart_as_of AS m
    JOIN model_rollup AS r ON r.grid_id = coalesce(c.grid_id, '')
    WHERE (c.category = '市容占道' OR c.source = '商户') AND c.on_date <= m.data_date
        AND date_trunc('month', c.on_date) IN (SELECT part FROM touched)
    GROUP BY r.ancestor_id, CAST(date_trunc('month', c.on_date) AS DATE)
), overdue AS (
    SELECT grid_id, month,
        sum(CASE WHEN kind = 'person' AND part = '每周' THEN change END) AS overdue_weekly,
        sum(CASE WHEN kind = 'person' AND part = '每月' THEN change END) AS overdue_monthly,
        sum(CASE WHEN kind = 'person' AND part = '每季' THEN change END) AS overdue_quarterly,
        sum(CASE WHEN kind = 'case' THEN change END) AS overdue_cases
    FROM mart_stock_change_month WHERE month IN (SELECT part FROM touched) GROUP BY grid_id, month
), reached AS (
    SELECT grid_id, month,
        sum(CASE WHEN kind = 'visit' THEN households END) AS visit, sum(CASE WHEN kind = 'shop' THEN households END) AS shop,
        sum(CASE WHEN kind = 'attendance' THEN households END) AS attendance
    FROM mart_reach_month WHERE pillar = '' AND month IN (SELECT part FROM touched) GROUP BY grid_id, month
), party AS (
    SELECT r.ancestor_id AS grid_id, s.month, count(*) AS stated,
        sum(CASE WHEN g.has_party_organisation THEN 1 ELSE 0 END) AS has_it
    FROM grid AS g
    JOIN model_rollup AS r ON r.grid_id = g.grid_id
    CROSS JOIN mart_as_of AS m
    JOIN (SELECT DISTINCT month FROM mart_stock_month WHERE month IN (SELECT part FROM touched)) AS s
        ON coalesce(g.valid_from, DATE '1900-01-01') <= least(last_day(s.month), m.data_date)
        AND coalesce(g.valid_to, DATE '9999-12-31') >= least(last_day(s.month), m.data_date)
    WHERE g.has_party_organisation IS NOT NULL AND g.level IN ('总', '一般', '微', '专属')
    GROUP BY r.ancestor_id, s.month
), spine AS (
    SELECT grid_id, month FROM mart_visit_month WHERE month IN (SELECT part FROM touched)
    UNION
    SELECT grid_id, month FROM mart_complaint_month WHERE month IN (SELECT part FROM touched)
    UNION
    SELECT grid_id, month FROM contact
    UNION
    SELECT grid_id, month FROM activity
    UNION
    SELECT grid_id, month FROM item
    UNION
    SELECT grid_id, month FROM special
    UNION
    SELECT grid_id, month FROM overdue
    UNION
    SELECT grid_id, month FROM reached
    UNION
    SELECT grid_id, month FROM party
    UNION
    SELECT grid_id, month FROM mart_handling_quantile_month WHERE month IN (SELECT part FROM touched)
    UNION
    SELECT grid_id, month FROM mart_stock_month WHERE month IN (SELECT part FROM touched)
), upper_grid AS (
    SELECT DISTINCT ancestor_id FROM model_rollup WHERE is_upper
)
SELECT
    b.grid_id,
    b.month,
    CAST(v.visits AS INTEGER) AS visit_visits,
    CAST(v.met AS INTEGER) AS visit_met,
    CAST(v.met_known AS INTEGER) AS visit_met_known,
    CAST(v.needs AS INTEGER) AS visit_needs,
    CAST(v.entered AS INTEGER) AS visit_entered,
    CAST(v.late AS INTEGER) AS visit_late,
    CAST(v.flagged AS INTEGER) AS visit_flagged,
    CAST(v.contacts AS INTEGER) AS visit_contacts,
    CAST(v.in_person AS INTEGER) AS visit_in_person,
    CAST(v.home_certifications AS INTEGER) AS visit_home_certifications,
    CAST(v.needs_due AS INTEGER) AS visit_needs_due,
    CAST(v.needs_in_time AS INTEGER) AS visit_needs_in_time,
    CAST(v.recert_due AS INTEGER) AS visit_recert_due,
    CAST(v.recert_in_time AS INTEGER) AS visit_recert_in_time,
    CAST(c.received AS INTEGER) AS complaint_received,
    CAST(c.response_due AS INTEGER) AS complaint_response_due,
    CAST(c.response_pending AS INTEGER) AS complaint_response_pending,
    CAST(c.responded AS INTEGER) AS complaint_responded,
    CAST(c.repeats AS INTEGER) AS complaint_repeats,
    CAST(c.found_known AS INTEGER) AS complaint_found_known,
    CAST(c.found AS INTEGER) AS complaint_found,
    CAST(c.scope_known AS INTEGER) AS complaint_scope_known,
    CAST(c.out_of_scope AS INTEGER) AS complaint_out_of_scope,
    CAST(c.due AS INTEGER) AS complaint_due,
    CAST(c.due_closed AS INTEGER) AS complaint_due_closed,
    CAST(c.due_on_time AS INTEGER) AS complaint_due_on_time,
    CAST(c.closed AS INTEGER) AS complaint_closed,
    CAST(c.instant AS INTEGER) AS complaint_instant,
    CAST(c.reworked AS INTEGER) AS complaint_reworked,
    CAST(c.settled_known AS INTEGER) AS complaint_settled_known,
    CAST(c.settled_in_grid AS INTEGER) AS complaint_settled_in_grid,
    CAST(c.called AS INTEGER) AS complaint_called,
    CAST(c.answered AS INTEGER) AS complaint_answered,
    CAST(c.resolved_known AS INTEGER) AS complaint_resolved_known,
    CAST(c.resolved AS INTEGER) AS complaint_resolved,
    CAST(c.satisfied_known AS INTEGER) AS complaint_satisfied_known,
    CAST(c.satisfied AS INTEGER) AS complaint_satisfied,
    CAST(c.outcome_known AS INTEGER) AS complaint_outcome_known,
    CAST(c.outcome_resolved AS INTEGER) AS complaint_outcome_resolved,
    CAST(s.vending AS INTEGER) AS complaint_vending,
    CAST(s.merchant_known AS INTEGER) AS complaint_merchant_known,
    CAST(s.merchant_resolved AS INTEGER) AS complaint_merchant_resolved,
    CAST(t.due AS INTEGER) AS contact_due,
    CAST(t.contacted AS INTEGER) AS contact_contacted,
    CAST(t.due_weekly AS INTEGER) AS contact_due_weekly,
    CAST(t.contacted_weekly AS INTEGER) AS contact_contacted_weekly,
    CAST(t.due_monthly AS INTEGER) AS contact_due_monthly,
    CAST(t.contacted_monthly AS INTEGER) AS contact_contacted_monthly,
    CAST(t.due_quarterly AS INTEGER) AS contact_due_quarterly,
    CAST(t.contacted_quarterly AS INTEGER) AS contact_contacted_quarterly,
    CAST(a.attendances AS INTEGER) AS activity_attendances,
    CAST(a.first_timers AS INTEGER) AS activity_first_timers,
    CAST(a.first_base AS INTEGER) AS activity_first_base,
    CAST(a.party_lessons AS INTEGER) AS activity_party_lessons,
    CAST(a.free_services AS INTEGER) AS activity_free_services,
    CAST(a.stall_events AS INTEGER) AS activity_stall_events,
    CAST(a.stalls AS INTEGER) AS activity_stalls,
    CAST(a.fair_attendances AS INTEGER) AS activity_fair_attendances,
    CAST(a.fair_intents AS INTEGER) AS activity_fair_intents,
    CAST(a.course_enrolled AS INTEGER) AS activity_course_enrolled,
    CAST(a.course_attended AS INTEGER) AS activity_course_attended,
    CAST(a.satisfied AS INTEGER) AS activity_satisfied,
    CAST(a.rated AS INTEGER) AS activity_rated,
    CAST(i.partners AS INTEGER) AS partners,
    CAST(i.neighbour_days AS INTEGER) AS neighbour_days,
    CAST(i.neighbour_grids AS INTEGER) AS neighbour_grids,
    CAST(i.speaker_secretary AS INTEGER) AS speaker_secretary,
    CAST(i.speaker_resident AS INTEGER) AS speaker_resident,
    CAST(i.speaker_property AS INTEGER) AS speaker_property,
    CAST(i.speaker_worker AS INTEGER) AS speaker_worker,
    CAST(i.micro_organisation AS INTEGER) AS micro_organisation,
    CAST(i.micro_class AS INTEGER) AS micro_class,
    CAST(i.micro_station AS INTEGER) AS micro_station,
    CAST(i.micro_project AS INTEGER) AS micro_project,
    CAST(i.micro_charity AS INTEGER) AS micro_charity,
    CAST(p.stated AS INTEGER) AS party_stated,
    CAST(p.has_it AS INTEGER) AS party_has,
    CAST(o.overdue_weekly AS INTEGER) AS overdue_weekly,
    CAST(o.overdue_monthly AS INTEGER) AS overdue_monthly,
    CAST(o.overdue_quarterly AS INTEGER) AS overdue_quarterly,
    CAST(o.overdue_cases AS INTEGER) AS overdue_cases,
    CAST(h.visit AS INTEGER) AS reached_visit,
    CAST(h.shop AS INTEGER) AS reached_shop,
    CAST(h.attendance AS INTEGER) AS reached_attendance,
    CAST(q.closed AS INTEGER) AS case_closed,
    CAST(q.cases AS INTEGER) AS case_cases,
    CAST(q.instant AS INTEGER) AS case_instant,
    CAST(q.half AS INTEGER) AS case_half,
    CAST(q.most AS INTEGER) AS case_most,
    CAST(k.households AS INTEGER) AS households,
    CAST(k.residents AS INTEGER) AS residents,
    CAST(k.shops AS INTEGER) AS shops,
    CAST(k.base_grids AS INTEGER) AS base_grids,
    CAST(k.capacity AS DOUBLE) AS capacity
FROM spine AS b
LEFT JOIN mart_visit_month AS v ON v.grid_id = b.grid_id AND v.month = b.month
LEFT JOIN mart_complaint_month AS c ON c.grid_id = b.grid_id AND c.month = b.month
LEFT JOIN special AS s ON s.grid_id = b.grid_id AND s.month = b.month
LEFT JOIN contact AS t ON t.grid_id = b.grid_id AND t.month = b.month
LEFT JOIN activity AS a ON a.grid_id = b.grid_id AND a.month = b.month
LEFT JOIN item AS i ON i.grid_id = b.grid_id AND i.month = b.month
LEFT JOIN party AS p ON p.grid_id = b.grid_id AND p.month = b.month
LEFT JOIN overdue AS o ON o.grid_id = b.grid_id AND o.month = b.month
LEFT JOIN reached AS h ON h.grid_id = b.grid_id AND h.month = b.month
LEFT JOIN mart_handling_quantile_month AS q ON q.grid_id = b.grid_id AND q.month = b.month
LEFT JOIN mart_stock_month AS k ON k.grid_id = b.grid_id AND k.month = b.month
LEFT JOIN upper_grid AS u ON u.ancestor_id = b.grid_id
ORDER BY u.ancestor_id IS NULL, b.grid_id, b.month
