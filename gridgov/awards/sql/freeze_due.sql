-- grain: one contact of a key person that fell due in the period
-- parameters: $start, $end
-- Residents appear under a number that only this record uses.
SELECT row_number() OVER (ORDER BY person, tier, period_start, grid_id)::INTEGER AS due_no,
       CAST('0x' || left(md5(person), 12) AS BIGINT) AS person, grid_id, tier,
       period_start, period_end
FROM fact_contact_period
WHERE is_complete AND period_end BETWEEN $start::DATE AND $end::DATE
ORDER BY due_no
