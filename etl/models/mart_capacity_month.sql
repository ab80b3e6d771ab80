-- grain: 一个网格（含下级）一月一行
-- reads: tenure, worker, model_day, model_rollup, mart_as_of
-- @grid_id 网格（含下级）；* 为全部
-- @month 当月一日
-- @capacity 在岗格格这个月可承担的联系次数：worker.capacity，未填时一般 80、微 20；按在岗天数折算，一人在几个网格任职则分摊
WITH span AS (
    SELECT d.month, count(*) AS days, min(d.on_date) AS starts, max(d.on_date) AS ends
    FROM model_day AS d CROSS JOIN mart_as_of AS m
    WHERE d.month >= date_trunc('month', m.first_on) AND d.on_date <= last_day(m.data_date)
    GROUP BY d.month
), held AS (
    SELECT t.grid_id, t.worker_id, s.month, s.days,
        sum(days_between(greatest(t.valid_from, s.starts), least(coalesce(t.valid_to, s.ends), s.ends)) + 1) AS held_days
    FROM tenure AS t
    JOIN span AS s ON t.valid_from <= s.ends AND coalesce(t.valid_to, s.ends) >= s.starts
    GROUP BY t.grid_id, t.worker_id, s.month, s.days
), shared AS (
    SELECT *, sum(held_days) OVER (PARTITION BY worker_id, month) AS all_days FROM held
), leaf AS (
    SELECT s.grid_id, s.month,
        sum(coalesce(w.capacity, CASE w.kind WHEN '微' THEN 20 ELSE 80 END) * s.held_days * 1.0 / greatest(s.days, s.all_days)) AS capacity
    FROM shared AS s JOIN worker AS w ON w.worker_id = s.worker_id
    GROUP BY s.grid_id, s.month
)
SELECT r.ancestor_id AS grid_id, leaf.month, CAST(sum(leaf.capacity) AS DECIMAL(18, 8)) AS capacity
FROM leaf JOIN model_rollup AS r ON r.grid_id = leaf.grid_id
GROUP BY r.ancestor_id, leaf.month
ORDER BY leaf.month, r.ancestor_id
