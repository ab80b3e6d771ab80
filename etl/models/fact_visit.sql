-- grain: 一次走访或联系一行
-- partition: on_date
-- reads: visit, model_grid_name, model_key_person
-- reach: need_due
-- persons: tier IS NOT NULL AND met IS NOT FALSE
-- @visit_id 走访编号
-- @on_date 走访日期
-- @occurred_at 走访时间
-- @ended_at 结束时间
-- @entered_at 录入时间
-- @grid_id 认出的网格；认不出时为空
-- @grid_text 网格原文
-- @worker_text 走访人原文
-- @household 户代号
-- @person 走访对象代号
-- @category 对象类别；未填时取重点人员表的类别
-- @mode 方式
-- @met 是否见面；空 = 没有说明
-- @purpose 事由
-- @need 需求类别
-- @need_due 需求期限
-- @need_closed_at 需求办结时间
-- @late_hours 录入比走访晚几小时
-- @tier 走访当天这名重点人员的联系频次；不是重点人员时为空
-- @note 走访内容
SELECT
    v.visit_id,
    CAST(v.occurred_at AS DATE) AS on_date,
    v.occurred_at,
    v.ended_at,
    v.entered_at,
    g.grid_id,
    v.grid AS grid_text,
    v.worker AS worker_text,
    v.household,
    v.person,
    coalesce(v.category, k.category) AS category,
    v.mode,
    v.met,
    v.purpose,
    v.need,
    v.need_due,
    v.need_closed_at,
    CAST(seconds_between(v.occurred_at, v.entered_at) / 3600.0 AS DECIMAL(12, 4)) AS late_hours,
    k.tier,
    v.note
FROM visit AS v
LEFT JOIN model_grid_name AS g ON g.text = v.grid
LEFT JOIN model_key_person AS k
    ON k.person = v.person
    AND CAST(v.occurred_at AS DATE) >= k.valid_from AND CAST(v.occurred_at AS DATE) <= k.valid_to
WHERE v.occurred_at >= touched_from() AND v.occurred_at < date_add(touched_to(), 1)
    AND CAST(v.occurred_at AS DATE) IN (SELECT part FROM touched)
