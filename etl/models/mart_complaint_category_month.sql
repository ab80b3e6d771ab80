-- grain: 一个有下级的网格（含下级）、一月、一种诉求类别一行
-- partition: month
-- reads: mart_complaint_split_month
-- @grid_id 网格（含下级）；* 为全部，含认不出网格的记录
-- @month 月份，当月一日
-- @category 诉求类别
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
SELECT
    grid_id,
    month,
    category,
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
FROM mart_complaint_split_month
WHERE month IN (SELECT part FROM touched)
GROUP BY grid_id, month, category
ORDER BY grid_id, month, category
