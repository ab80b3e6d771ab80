"""Outlines of grids as flat rings: read from GeoJSON, laid flat, or made up as tiles."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gridgov.errors import DataFileError
from gridgov.locale import _

__all__ = ["Outline", "Ring", "outline", "outlines", "tiles"]

Ring = tuple[tuple[float, float], ...]
# Geographic coordinates lie within these; anything larger is metres of a local plane.
_GEOGRAPHIC = (180.0, 90.0)


@dataclass(frozen=True)
class Outline:
    """The outer rings of one grid in a flat plane: x to the east, y to the north."""

    grid_id: str
    name: str
    rings: tuple[Ring, ...]

    @cached_property
    def centre(self) -> tuple[float, float]:
        """Centroid of the largest ring: where the label goes."""
        return _centroid(max(self.rings, key=lambda ring: abs(_area(ring))))

    def touch_points(self, across: int) -> tuple[tuple[float, float], ...]:
        """The centre and a lattice inside: a click goes to the nearest point, so it hits the area.

        `across`: points of the lattice along each side, 0 for the centre alone.
        """
        found = self._touched.get(across)
        if found is None:
            found = self._touched[across] = (self.centre, *self._lattice(across))
        return found

    @cached_property
    def _touched(self) -> dict[int, tuple[tuple[float, float], ...]]:
        # One ground is drawn for every metric and period.
        return {}

    def _lattice(self, across: int) -> Iterator[tuple[float, float]]:
        for ring in self.rings:
            xs, ys = [x for x, _north in ring], [y for _east, y in ring]
            for column in range(across):
                for row in range(across):
                    x = min(xs) + (column + 0.5) * (max(xs) - min(xs)) / across
                    y = min(ys) + (row + 0.5) * (max(ys) - min(ys)) / across
                    if _inside(ring, x, y):
                        yield x, y


def _inside(ring: Ring, x: float, y: float) -> bool:
    """Even-odd rule: does the point lie in the ring?"""
    found = False
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            found = not found
    return found


def _area(ring: Ring) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs) / 2


def _centroid(ring: Ring) -> tuple[float, float]:
    # About its first corner: far from the origin the products would swallow the digits that matter.
    ox, oy = ring[0]
    local = tuple((x - ox, y - oy) for x, y in ring)
    area = _area(local)
    if abs(area) < 1e-12:
        return (sum(x for x, _north in ring) / len(ring), sum(y for _east, y in ring) / len(ring))
    cx = cy = 0.0
    for (x0, y0), (x1, y1) in zip(local, local[1:] + local[:1], strict=True):
        cross = x0 * y1 - x1 * y0
        cx += (x0 + x1) * cross
        cy += (y0 + y1) * cross
    return (ox + cx / (6 * area), oy + cy / (6 * area))


def outline(grid_id: str, name: str, geometry: str | Mapping[str, object]) -> Outline:
    """An outline from a GeoJSON Polygon or MultiPolygon, as text or parsed; holes are dropped.

    Raises DataFileError where the geometry is neither.
    """
    try:
        shape: Any = json.loads(geometry) if isinstance(geometry, str) else geometry
        kind, parts = shape["type"], shape["coordinates"]
        polygons = {"Polygon": [parts], "MultiPolygon": parts}[kind]
        rings = tuple(_open(polygon[0]) for polygon in polygons)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise DataFileError(
            _(
                "网格 {grid} 的边界无法读取：请提供 GeoJSON 的 Polygon 或 MultiPolygon",
                grid=grid_id,
            )
        ) from error
    rings = tuple(ring for ring in rings if len(ring) >= 3)
    if not rings:
        raise DataFileError(_("网格 {grid} 的边界不足三个点：请检查边界坐标", grid=grid_id))
    return Outline(grid_id, name, rings)


def _open(points: Sequence[Sequence[float]]) -> Ring:
    """A ring without its repeated last point."""
    ring = tuple((float(point[0]), float(point[1])) for point in points)
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


def outlines(rows: Iterable[tuple[str, str, str | Mapping[str, object]]]) -> tuple[Outline, ...]:
    """Outlines of (grid_id, name, geometry) in metres, true in shape; no geometry, no outline."""
    found = [outline(*row) for row in rows if row[2]]
    points = [point for shape in found for ring in shape.rings for point in ring]
    if not points or any(abs(x) > _GEOGRAPHIC[0] or abs(y) > _GEOGRAPHIC[1] for x, y in points):
        return tuple(found)
    middle = sum(y for _east, y in points) / len(points)
    shorter = math.cos(math.radians(middle))
    # In metres about the south-west corner: small whole numbers to send.
    west, south = min(x for x, _north in points), min(y for _east, y in points)
    metres = 111_320.0
    return tuple(
        Outline(
            shape.grid_id,
            shape.name,
            tuple(
                tuple(((x - west) * shorter * metres, (y - south) * metres) for x, y in ring)
                for ring in shape.rings
            ),
        )
        for shape in found
    )


def tiles(
    units: Sequence[tuple[str, str]], groups: Sequence[str] | None = None
) -> tuple[Outline, ...]:
    """Square tiles for (grid_id, name) where there is no outline, in rows from the top.

    With `groups` (one a unit) every group begins a new row: micro-grids stay with their grid.
    """
    if not units:
        return ()
    keys = list(groups) if groups is not None else [""] * len(units)
    largest = max(keys.count(key) for key in set(keys))
    wide = max(math.ceil(math.sqrt(len(units) * 1.6)), 1)
    if groups is not None:
        wide = min(max(wide, 4), largest)
    found, column, row, before = [], 0, 0, keys[0]
    for (grid_id, name), key in zip(units, keys, strict=True):
        if column == wide or key != before:
            column, row = 0, row + 1
        before = key
        x, y, gap = float(column), -float(row), 0.04
        corners = (
            (x + gap, y + gap),
            (x + 1 - gap, y + gap),
            (x + 1 - gap, y + 1 - gap),
            (x + gap, y + 1 - gap),
        )
        found.append(Outline(grid_id, name, (corners,)))
        column += 1
    return tuple(found)
