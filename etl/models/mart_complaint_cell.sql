-- grain: 一个网格、一天、一个类别、来源与性质一行（不含下级）
-- partition: on_date
-- reads: fact_complaint*, mart_as_of~
-- stale: response_pending > 0
-- @grid_id 网格；认不出时为空
-- @on_date 各数所属的日期：受理日、期限日或办结日
-- @category 诉求类别
-- @source 来源
-- @nature 性质
-- @received 受理数（按受理日）
-- @response_due 受理已满 24 小时或已联系的（按受理日）
-- @response_pending 受理未满 24 小时又未联系的（按受理日）
-- @responded 24 小时内联系的（按受理日）
-- @repeats 30 天内重复的（按受理日）
-- @found_known 写明发现方式的（按受理日）
-- @found 网格员发现的（按受理日）
-- @scope_known 权责内外已明的（按受理日）
-- @out_of_scope 权责外的（按受理日）
-- @due 期限在这天的
-- @due_closed 其中已办结的
-- @due_on_time 其中按期办结的
-- @closed 办结数（按办结日）
-- @instant 受理的同一秒办结的（按办结日）
-- @reworked 重办过的（按办结日）
-- @settled_known 写明办结层级的（按办结日）
-- @settled_in_grid 在网格内办结的（按办结日）
-- @called 回访的（按办结日）
-- @answered 回访接通的（按办结日）
-- @resolved_known 接通且答了是否解决的（按办结日）
-- @resolved 其中已解决的
-- @satisfied_known 接通且答了满意度的（按办结日）
-- @satisfied 其中满意的
-- @outcome_known 写明是否解决的办结数（按办结日）
-- @outcome_resolved 其中已解决的
WITH created AS (
    SELECT c.*,
        seconds_between(c.created_at, CAST(date_add(m.data_date, 1) AS TIMESTAMP)) >= 86400 AS has_passed
    FROM fact_complaint AS c CROSS JOIN mart_as_of AS m
    WHERE c.on_date IN (SELECT part FROM touched)
), event AS (
    SELECT
        grid_id, on_date, category, source, nature,
        1 AS received,
        CASE WHEN has_passed OR contacted_at IS NOT NULL THEN 1 ELSE 0 END AS response_due,
        CASE WHEN has_passed OR contacted_at IS NOT NULL THEN 0 ELSE 1 END AS response_pending,
        CASE WHEN contact_hours <= 24 THEN 1 ELSE 0 END AS responded,
        CASE WHEN is_repeat THEN 1 ELSE 0 END AS repeats,
        CASE WHEN found_by IS NOT NULL THEN 1 ELSE 0 END AS found_known,
        CASE WHEN found_by = '网格员' THEN 1 ELSE 0 END AS found,
        CASE WHEN in_scope IS NOT NULL THEN 1 ELSE 0 END AS scope_known,
        CASE WHEN NOT in_scope THEN 1 ELSE 0 END AS out_of_scope,
        0 AS due, 0 AS due_closed, 0 AS due_on_time,
        0 AS closed, 0 AS instant, 0 AS reworked, 0 AS settled_known, 0 AS settled_in_grid, 0 AS called, 0 AS answered,
        0 AS resolved_known, 0 AS resolved, 0 AS satisfied_known, 0 AS satisfied,
        0 AS outcome_known, 0 AS outcome_resolved
    FROM created
    UNION ALL
    SELECT
        grid_id, CAST(due_at AS DATE) AS on_date, category, source, nature,
        0, 0, 0, 0, 0, 0, 0, 0, 0,
        1, CASE WHEN closed_at IS NOT NULL THEN 1 ELSE 0 END, CASE WHEN closed_at <= due_at THEN 1 ELSE 0 END,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM fact_complaint WHERE CAST(due_at AS DATE) IN (SELECT part FROM touched)
    UNION ALL
    SELECT
        grid_id, CAST(closed_at AS DATE) AS on_date, category, source, nature,
        0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0,
        1,
        CASE WHEN is_instant THEN 1 ELSE 0 END,
        CASE WHEN reopened > 0 THEN 1 ELSE 0 END,
        CASE WHEN settled_level IS NOT NULL THEN 1 ELSE 0 END,
        CASE WHEN settled_level = '网格' THEN 1 ELSE 0 END,
        CASE WHEN called_back IS NOT NULL THEN 1 ELSE 0 END,
        CASE WHEN called_back THEN 1 ELSE 0 END,
        CASE WHEN called_back AND resolved IS NOT NULL THEN 1 ELSE 0 END,
        CASE WHEN called_back AND resolved THEN 1 ELSE 0 END,
        CASE WHEN called_back AND satisfied IS NOT NULL THEN 1 ELSE 0 END,
        CASE WHEN called_back AND satisfied = '满意' THEN 1 ELSE 0 END,
        CASE WHEN resolved IS NOT NULL THEN 1 ELSE 0 END,
        CASE WHEN resolved THEN 1 ELSE 0 END
    FROM fact_complaint WHERE CAST(closed_at AS DATE) IN (SELECT part FROM touched)
)
SELECT
    grid_id, on_date, category, source, nature,
    CAST(sum(received) AS INTEGER) AS received,
    CAST(sum(response_due) AS INTEGER) AS response_due,
    CAST(sum(response_pending) AS INTEGER) AS response_pending,
    CAST(sum(responded) AS INTEGER) AS responded,
    CAST(sum(repeats) AS INTEGER) AS repeats,
    CAST(sum(found_known) AS INTEGER) AS found_known,
    CAST(sum(found) AS INTEGER) AS found,
    CAST(sum(scope_known) AS INTEGER) AS scope_known,
    CAST(sum(out_of_scope) AS INTEGER) AS out_of_scope,
    CAST(sum(due) AS INTEGER) AS due,
    CAST(sum(due_closed) AS INTEGER) AS due_closed,
    CAST(sum(due_on_time) AS INTEGER) AS due_on_time,
    CAST(sum(closed) AS INTEGER) AS closed,
    CAST(sum(instant) AS INTEGER) AS instant,
    CAST(sum(reworked) AS INTEGER) AS reworked,
    CAST(sum(settled_known) AS INTEGER) AS settled_known,
    CAST(sum(settled_in_grid) AS INTEGER) AS settled_in_grid,
    CAST(sum(called) AS INTEGER) AS called,
    CAST(sum(answered) AS INTEGER) AS answered,
    CAST(sum(resolved_known) AS INTEGER) AS resolved_known,
    CAST(sum(resolved) AS INTEGER) AS resolved,
    CAST(sum(satisfied_known) AS INTEGER) AS satisfied_known,
    CAST(sum(satisfied) AS INTEGER) AS satisfied,
    CAST(sum(outcome_known) AS INTEGER) AS outcome_known,
    CAST(sum(outcome_resolved) AS INTEGER) AS outcome_resolved
FROM event
GROUP BY grid_id, on_date, category, source, nature
ORDER BY on_date, grid_id
