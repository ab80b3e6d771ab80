-- Grain: one grid with others below it (* for everything), month and category of complaints: by how
-- many those that are open past their deadline have changed. Held in a reader's memory.
SELECT month, grid_id, kind, part, change
FROM mart_stock_change_month
WHERE kind = 'case'
    AND (grid_id = '*' OR grid_id IN (SELECT ancestor_id FROM grid_closure WHERE depth > 0))
