-- Grain: one tier: key persons listed on the data date.
-- Parameters: $grid_id (NULL: all).
SELECT k.tier, count(DISTINCT k.person) AS listed
FROM key_person AS k CROSS JOIN mart_as_of AS a
WHERE (k.valid_from IS NULL OR k.valid_from <= a.data_date)
    AND (k.valid_to IS NULL OR k.valid_to >= a.data_date)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR k.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY k.tier
