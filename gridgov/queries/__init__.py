"""Page queries that are not metrics: a .sql file and a thin function each.

A query file opens with its grain and its parameters; the function of the same name beside it, in
a module by subject, gives the columns. To add one: `queries/<name>.sql`, a function, a test
against plain Python in tests/queries.
"""

from gridgov.queries.cases import (
    compared_categories,
    complaint_funnel,
    complaint_pareto,
    handling_curve,
    open_complaint_ages,
    overdue_complaints,
    repeat_complaints,
)
from gridgov.queries.engagement import (
    activity_calendar,
    course_attendance,
    neighbour_day_rotation,
    participation,
    reach_by_category,
    reach_by_grid,
    team_performances,
)
from gridgov.queries.freshness import (
    coverage_by_day,
    coverage_by_grid,
    log_freshness,
    silent_grids,
)
from gridgov.queries.grid_profile import (
    grid_card,
    grid_peers,
    grid_workers,
    load_balance,
    map_attributes,
)
from gridgov.queries.key_persons import TIERS, key_person_tiers, overdue_persons
from gridgov.queries.records import metric_records

__all__ = [
    "TIERS",
    "activity_calendar",
    "compared_categories",
    "complaint_funnel",
    "complaint_pareto",
    "course_attendance",
    "coverage_by_day",
    "coverage_by_grid",
    "grid_card",
    "grid_peers",
    "grid_workers",
    "handling_curve",
    "key_person_tiers",
    "load_balance",
    "log_freshness",
    "map_attributes",
    "metric_records",
    "neighbour_day_rotation",
    "open_complaint_ages",
    "overdue_complaints",
    "overdue_persons",
    "participation",
    "reach_by_category",
    "reach_by_grid",
    "repeat_complaints",
    "silent_grids",
    "team_performances",
]
