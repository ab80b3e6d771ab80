-- grain: one track, general grid and component: all counted events of the grid, whoever held it
SELECT e.track, g.general_id, e.component,
       sum(e.parts * e.good)::BIGINT AS good_parts, sum(e.parts)::BIGINT AS parts
FROM event e
JOIN grid g ON g.grid_id = e.grid_id
WHERE e.reason = '' AND g.general_id IS NOT NULL
GROUP BY e.track, g.general_id, e.component
ORDER BY e.track, g.general_id, e.component
