-- Grain: one key person under one tier for one stretch of days; stretches of a person do not overlap.
-- `who` is a number that stands for the person.
SELECT hash(coalesce(person, '')) AS who, grid_id, tier, coalesce(category, '') AS person_category, valid_from, valid_to
FROM model_key_person
