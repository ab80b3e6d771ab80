"""One thing that needs someone: an entry of 需要关注."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gridgov.filters import Filters
from gridgov.locale import _

__all__ = ["Concern"]


@dataclass(frozen=True)
class Concern:
    """One entry. `changes` are the filters that its page opens with; `grid_id` is its place.

    `is_leading`: its figures are of all grids in question; at `grid_id` most of it is, or the
    oldest.
    `topic` tells entries of a kind apart where no filter does; `whole` names all those grids.
    """

    kind: str
    title: str
    detail: str
    nature: str
    page: str
    grid_id: str | None = None
    place: str = ""
    holder: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    topic: str = ""
    is_leading: bool = False
    whole: str = ""

    @property
    def source(self) -> str:
        """What it is about, whatever the figures say today: a follow-up keeps it."""
        about = self.topic or self.changes.get("category") or self.changes.get("metric") or ""
        where = self.whole if self.is_leading else self.grid_id or self.whole
        return f"{self.kind}:{about}:{where}"[:200]

    @property
    def said_place(self) -> str:
        """Its place in words: where it is, or where most or the oldest of it is."""
        if not self.is_leading:
            return self.place
        if self.kind == "overdue_cases":
            return _("最久的在{place}", place=self.place)
        return _("{place}最多", place=self.place)

    def opened(self, filters: Filters) -> Filters:
        """The filters that show the figures of its title on its page."""
        changes = {name: value for name, value in self.changes.items() if name != "metric"}
        grid_id = filters.grid_id if self.is_leading else self.grid_id
        return filters.changed(**{"grid_id": grid_id, **changes})
