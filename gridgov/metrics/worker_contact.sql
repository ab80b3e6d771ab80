-- Grain: one complete person-period, under whoever held the grid on its last day.
SELECT
    grid_id, period_end AS on_date, tier, category AS person_category, holder_id AS worker,
    1 AS due, CAST(is_contacted AS INTEGER) AS contacted
FROM fact_contact_period
WHERE is_complete AND holder_id IS NOT NULL
