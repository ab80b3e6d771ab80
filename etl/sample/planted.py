"""What was planted in the sample for the analyses to find. It is written down here and nowhere in
the data: a reader of the pages should meet it as they would in life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

__all__ = ["PLANTED", "Planted"]


@dataclass(frozen=True)
class Planted:
    """The effects that are really in the data.

    * `worsening_general` (0-based: 6 is 第7网格) gets worse from `worsening_from` on: complaints
      times `worsening_complaints`, contact rates times `worsening_contact`, handling times
      `worsening_duration`.
    * complaints of the category `rising_category` are multiplied by `rising_factor` from
      `rising_from` on.
    * `faster_category` is handled in `faster_factor` of the time if received on or after
      `faster_from`.
    * `fabricators`: micro-grids (general, number; both 1-based) whose holder enters invented
      visits: always exactly `fabricator_target` a month, keyed in during a few nights, in three
      copied wordings.
    * `neighbour_day_missed`: months (year, month) in which no neighbour day was held.
    """

    worsening_general: int = 6
    worsening_from: date = date(2026, 3, 1)
    worsening_complaints: float = 1.9
    worsening_contact: float = 0.72
    worsening_duration: float = 1.5
    rising_category: str = "停车"
    rising_from: date = date(2026, 7, 1)
    rising_factor: float = 2.1
    faster_category: str = "水电气设施"
    faster_from: date = date(2025, 9, 1)
    faster_factor: float = 0.5
    fabricators: tuple[tuple[int, int], ...] = ((2, 4), (5, 7), (9, 3))
    fabricator_target: tuple[int, ...] = (20, 16, 18)
    neighbour_day_missed: tuple[tuple[int, int], ...] = ((2025, 8), (2026, 2))


PLANTED = Planted()
