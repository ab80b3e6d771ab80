-- grain: 一个有下级的网格（含下级）、一个受理月、一个类别、来源与权责一行：到数据日期办到了哪一步
-- partition: month
-- reads: fact_complaint, model_rollup
-- @grid_id 网格（含下级）；* 为全部，含认不出网格的记录
-- @month 受理月
-- @category 诉求类别
-- @source 来源
-- @in_scope 权责内；未明为空
-- @received 受理的诉求
-- @contacted 已联系群众的
-- @closed 已办结的
-- @called 办结并回访的
-- @answered 回访接通的
-- @resolved 接通并答已解决的
-- @satisfied 接通并答满意的
-- @judged 接通并答了满意度的
-- @due 期限已到的
-- @on_time 其中按期办结的
WITH event AS (
    SELECT
        coalesce(grid_id, '') AS grid_id,
        CAST(date_trunc('month', on_date) AS DATE) AS month,
        category, source, in_scope,
        CASE WHEN contacted_at IS NOT NULL THEN 1 ELSE 0 END AS contacted,
        CASE WHEN closed_at IS NOT NULL THEN 1 ELSE 0 END AS closed,
        CASE WHEN closed_at IS NOT NULL AND called_back IS NOT NULL THEN 1 ELSE 0 END AS called,
        CASE WHEN closed_at IS NOT NULL AND called_back THEN 1 ELSE 0 END AS answered,
        CASE WHEN closed_at IS NOT NULL AND called_back AND resolved THEN 1 ELSE 0 END AS resolved,
        CASE WHEN closed_at IS NOT NULL AND called_back AND satisfied = '满意' THEN 1 ELSE 0 END AS satisfied,
        CASE WHEN closed_at IS NOT NULL AND called_back AND satisfied IS NOT NULL THEN 1 ELSE 0 END AS judged,
        CASE WHEN is_due THEN 1 ELSE 0 END AS due,
        CASE WHEN is_due AND is_on_time THEN 1 ELSE 0 END AS on_time
    FROM fact_complaint
    WHERE on_date BETWEEN touched_from() AND touched_to()
        AND CAST(date_trunc('month', on_date) AS DATE) IN (SELECT part FROM touched)
)
SELECT
    r.ancestor_id AS grid_id, e.month, e.category, e.source, e.in_scope,
    CAST(count(*) AS INTEGER) AS received,
    CAST(sum(e.contacted) AS INTEGER) AS contacted,
    CAST(sum(e.closed) AS INTEGER) AS closed,
    CAST(sum(e.called) AS INTEGER) AS called,
    CAST(sum(e.answered) AS INTEGER) AS answered,
    CAST(sum(e.resolved) AS INTEGER) AS resolved,
    CAST(sum(e.satisfied) AS INTEGER) AS satisfied,
    CAST(sum(e.judged) AS INTEGER) AS judged,
    CAST(sum(e.due) AS INTEGER) AS due,
    CAST(sum(e.on_time) AS INTEGER) AS on_time
FROM event AS e JOIN model_rollup AS r ON r.grid_id = e.grid_id AND r.is_upper
GROUP BY r.ancestor_id, e.month, e.category, e.source, e.in_scope
ORDER BY e.month, r.ancestor_id
