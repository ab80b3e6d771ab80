-- Grain: one tier: key persons listed on the data date in a grid with all below it.
-- As key_person_tiers.sql. Parameters: $units (one grid, or * for everything).
SELECT c.tier, CAST(sum(c.change) AS BIGINT) AS listed
FROM mart_listed_change AS c CROSS JOIN mart_as_of AS a
WHERE c.on_date <= a.data_date AND c.grid_id IN (SELECT unnest($units::VARCHAR[]))
GROUP BY c.tier
