-- grain: 一张工单一行
-- partition: on_date
-- reads: complaint[0,31], complaint_category, model_day, model_grid_name, model_worker_name, grid_holder, mart_as_of~
-- reach: CAST(due_at AS DATE), CAST(closed_at AS DATE)
-- stale: CAST(due_at AS DATE) > $since AND CAST(due_at AS DATE) <= $until
-- @complaint_id 工单编号
-- @on_date 受理日期
-- @created_at 受理时间
-- @dispatched_at 派单时间
-- @accepted_at 签收时间
-- @contacted_at 联系时间
-- @due_at 期限：日志所给；未给时按类别的办理期限（工作日）推到那天 23:59:59
-- @closed_at 办结时间
-- @grid_id 认出的网格；认不出时为空
-- @grid_text 网格原文
-- @worker_id 认出的承办人
-- @worker_text 承办人原文
-- @holder_id 受理当天在这个网格任职的格格
-- @category 诉求类别
-- @level_1 一级分类
-- @nature 性质
-- @source 来源
-- @found_by 发现方式
-- @household 户代号
-- @content 诉求内容
-- @reply 答复意见
-- @settled_level 办结层级
-- @in_scope 权责内；日志未填时按类别
-- @called_back 回访接通；空 = 未回访
-- @resolved 是否解决
-- @satisfied 满意度
-- @reopened 重办次数
-- @contact_hours 受理到联系几小时
-- @handling_hours 受理到办结几小时；未办结为空
-- @is_due 期限已到（截至数据日期）
-- @is_on_time 在期限内办结；没有期限或未办结为空，逾期未办结为否
-- @is_open 未办结
-- @is_overdue 未办结且已过期限（截至数据日期）
-- @is_repeat 30 天内同一户同一类别的再次诉求
-- @is_instant 受理的同一秒办结；零点整是只有日期没有时间的写法，不算
WITH recent AS (
    SELECT
        *,
        CAST(created_at AS DATE) AS on_date,
        lag(CAST(created_at AS DATE)) OVER (
            PARTITION BY household, category ORDER BY created_at, complaint_id
        ) AS before_on
    FROM complaint
    WHERE created_at >= date_add(touched_from(), -31)
        AND created_at < date_add(touched_to(), 1)
), deadline AS (
    SELECT
        category, max(level_1) AS level_1, bool_or(own_authority) AS own_authority,
        max(deadline_days) AS deadline_days, bool_or(is_working_days) AS is_working_days
    FROM complaint_category GROUP BY category
), working_day AS (
    SELECT on_date, working_day_number FROM model_day WHERE is_working_day
), dated AS (
    SELECT
        c.*,
        d.level_1,
        coalesce(c.in_scope, d.own_authority) AS scope,
        coalesce(
            c.due_at,
            CAST(CASE
                WHEN d.is_working_days IS NOT FALSE THEN w.on_date
                ELSE date_add(c.on_date, d.deadline_days)
            END AS TIMESTAMP) + INTERVAL '86399' SECOND
        ) AS due
    FROM recent AS c
    LEFT JOIN deadline AS d ON d.category = c.category
    LEFT JOIN model_day AS b ON b.on_date = c.on_date
    LEFT JOIN working_day AS w ON w.working_day_number = b.working_day_number + d.deadline_days
    WHERE c.on_date IN (SELECT part FROM touched)
)
SELECT
    c.complaint_id,
    c.on_date,
    c.created_at,
    c.dispatched_at,
    c.accepted_at,
    c.contacted_at,
    c.due AS due_at,
    c.closed_at,
    g.grid_id,
    c.grid AS grid_text,
    n.worker_id,
    c.worker AS worker_text,
    h.worker_id AS holder_id,
    c.category,
    c.level_1,
    c.nature,
    c.source,
    c.found_by,
    c.household,
    c.content,
    c.reply,
    c.settled_level,
    c.scope AS in_scope,
    c.called_back,
    c.resolved,
    c.satisfied,
    c.reopened,
    CAST(seconds_between(c.created_at, c.contacted_at) / 3600.0 AS DECIMAL(12, 4)) AS contact_hours,
    CAST(seconds_between(c.created_at, c.closed_at) / 3600.0 AS DECIMAL(12, 4)) AS handling_hours,
    CAST(c.due AS DATE) <= m.data_date AS is_due,
    CASE
        WHEN c.due IS NULL THEN NULL
        WHEN c.closed_at IS NOT NULL THEN c.closed_at <= c.due
        WHEN CAST(c.due AS DATE) <= m.data_date THEN FALSE
    END AS is_on_time,
    c.closed_at IS NULL AS is_open,
    c.closed_at IS NULL AND coalesce(CAST(c.due AS DATE) <= m.data_date, FALSE) AS is_overdue,
    c.household IS NOT NULL AND c.category IS NOT NULL
        AND coalesce(days_between(c.before_on, c.on_date) <= 30, FALSE) AS is_repeat,
    coalesce(c.closed_at = c.created_at AND c.created_at <> CAST(c.on_date AS TIMESTAMP), FALSE) AS is_instant
FROM dated AS c
CROSS JOIN mart_as_of AS m
LEFT JOIN model_grid_name AS g ON g.text = c.grid
LEFT JOIN model_worker_name AS n ON n.text = c.worker
LEFT JOIN grid_holder AS h
    ON h.grid_id = g.grid_id AND h.is_lead AND c.on_date >= h.valid_from AND c.on_date <= h.valid_to
