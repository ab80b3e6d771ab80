-- Grain: one complaint with its handling time in whole hours, as mart_handling_month counts it.
SELECT
    c.grid_id, c.on_date, c.category, c.source, c.nature,
    CAST(CASE
        WHEN c.closed_at IS NOT NULL THEN ceil(c.handling_hours)
        ELSE floor(date_diff('second', c.created_at, CAST(m.data_date + 1 AS TIMESTAMP)) / 3600.0)
    END AS INTEGER) AS hours,
    c.closed_at IS NOT NULL AS is_closed,
    CAST(c.is_instant AS INTEGER) AS instant,
    1 AS cases
FROM fact_complaint AS c CROSS JOIN mart_as_of AS m
