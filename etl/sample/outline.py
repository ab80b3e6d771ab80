"""The community's map: 127 cells that tile 3.51 km² and share their corners.

A Voronoi tiling of a round shape, bent by a smooth warp so that nothing is straight, and scaled to
the area. Neighbours name the same corner by the same number, so there is neither gap nor overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.spatial import Voronoi

from etl.sample.streams import Floats, Integers, stream

__all__ = [
    "AREA_M2",
    "GENERAL",
    "MICRO",
    "Tiling",
    "geometries",
    "outlines",
    "ring_area",
    "tiling",
    "union",
]

AREA_M2 = 3_510_000.0
MICRO = 127
GENERAL = 11
_CENTRE = (104.27, 30.56)
_RADII = (6_383_662.0, 6_351_914.0)  # WGS 84 at 30.56°N: across and along the meridian, metres


@dataclass(frozen=True)
class Tiling:
    """`corners` (n, 2) in metres; `cells` rings of corner numbers, counter-clockwise, not closed;
    `general_of` (127,) the general grid, 0 to 10, of each cell. Cells are in order of it."""

    corners: Floats
    cells: tuple[tuple[int, ...], ...]
    general_of: Integers


def ring_area(ring: Floats) -> float:
    """Signed area of a ring (n, 2), in the square of its unit."""
    x, y = ring[:, 0], ring[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def _clipped(ring: Floats, shape: Floats) -> Floats:
    """The part of a convex `ring` inside the convex `shape` (Sutherland and Hodgman)."""
    for start, end in zip(shape, np.roll(shape, -1, axis=0), strict=True):
        edge = end - start
        side = edge[0] * (ring[:, 1] - start[1]) - edge[1] * (ring[:, 0] - start[0])
        kept: list[Floats] = []
        for i in range(len(ring)):
            j = (i + 1) % len(ring)
            if side[i] >= 0:
                kept.append(ring[i])
            if (side[i] >= 0) != (side[j] >= 0):
                kept.append(ring[i] + (ring[j] - ring[i]) * side[i] / (side[i] - side[j]))
        ring = np.array(kept)
    return ring


def _cells(seeds: Floats, shape: Floats) -> list[Floats]:
    far = 20_000 * np.array([[1, 0], [0.6, 0.8], [-0.6, 0.8], [-1, 0], [-0.6, -0.8], [0.6, -0.8]])
    diagram = Voronoi(np.vstack([seeds, far]))
    rings = []
    for i in range(len(seeds)):
        ring = diagram.vertices[diagram.regions[diagram.point_region[i]]]
        ring = ring if ring_area(ring) > 0 else ring[::-1]
        rings.append(_clipped(ring, shape))
    return rings


def _grouped(seeds: Floats, start: Floats) -> Integers:
    """The nearest of as many centres as `start` has, after twelve rounds of k-means."""
    centres = start
    for _round in range(12):
        gaps = ((seeds[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        nearest: Integers = gaps.argmin(axis=1)
        centres = np.array([seeds[nearest == k].mean(axis=0) for k in range(len(centres))])
    return nearest


def _warped(points: Floats) -> Floats:
    x, y = points[:, 0], points[:, 1]
    bent_x = x + 110 * np.sin(y / 310 + 0.4) + 60 * np.sin((x + y) / 420)
    bent_y = y + 90 * np.sin(x / 380 - 0.8) + 45 * np.cos((x - y) / 300)
    return np.column_stack([bent_x, bent_y])


@cache
def tiling() -> Tiling:
    """The map, always the same: a community does not move when its sample is drawn anew."""
    rng = stream(510112, "outline")
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    shape = np.column_stack([1250 * np.cos(angle), 900 * np.sin(angle)])
    radius, turn = np.sqrt(rng.random(MICRO)) * 0.96, rng.random(MICRO) * 2 * np.pi
    seeds = np.column_stack([1250 * radius * np.cos(turn), 900 * radius * np.sin(turn)])
    for _round in range(3):
        seeds = np.array([ring.mean(axis=0) for ring in _cells(seeds, shape)])
    group = _grouped(seeds, seeds[rng.permutation(MICRO)[:GENERAL]])
    # Number the general grids from the north-west, as a map is read.
    middle = np.array([seeds[group == k].mean(axis=0) for k in range(GENERAL)])
    rank = np.empty(GENERAL, dtype=np.int64)
    rank[np.lexsort((middle[:, 0], -np.round(middle[:, 1] / 450)))] = np.arange(GENERAL)
    group = rank[group]
    order = np.lexsort((seeds[:, 0], -np.round(seeds[:, 1] / 120), group))
    rings = _cells(seeds, shape)
    numbers: dict[tuple[float, float], int] = {}
    cells = []
    for cell in order:
        points = [(round(float(x), 2), round(float(y), 2)) for x, y in rings[cell]]
        ring = [numbers.setdefault(point, len(numbers)) for point in points]
        cells.append(
            tuple(n for n, before in zip(ring, [ring[-1], *ring], strict=False) if n != before)
        )
    corners = _warped(np.array(list(numbers)))
    area = sum(ring_area(corners[list(cell)]) for cell in cells)
    return Tiling(corners * np.sqrt(AREA_M2 / area), tuple(cells), group[order])


def union(cells: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The ring around cells that hang together: what is left when shared edges cancel."""
    edges = {(ring[i], ring[(i + 1) % len(ring)]): None for ring in cells for i in range(len(ring))}
    following = {a: b for a, b in edges if (b, a) not in edges}
    ring = [next(iter(following))]
    while len(ring) < len(following):
        ring.append(following[ring[-1]])
    if following[ring[-1]] != ring[0] or len(set(ring)) != len(ring):
        raise ValueError("the cells do not hang together")
    return tuple(ring)


def geometries(rings: list[tuple[int, ...]], offset: tuple[float, float] = (0.0, 0.0)) -> list[str]:
    """GeoJSON (WGS 84) of rings of the tiling moved by `offset` metres."""
    corners = tiling().corners + np.array(offset)
    across = _RADII[0] * np.cos(np.radians(_CENTRE[1]))
    longitude = _CENTRE[0] + np.degrees(corners[:, 0] / across)
    latitude = _CENTRE[1] + np.degrees(corners[:, 1] / _RADII[1])
    # Seven decimals are a centimetre.
    at = [f"[{x:.7f},{y:.7f}]" for x, y in zip(longitude, latitude, strict=True)]
    start, end = '{"type":"Polygon","coordinates":[[', "]]}"
    return [start + ",".join(at[n] for n in (*ring, ring[0])) + end for ring in rings]


@cache
def outlines() -> tuple[tuple[int, ...], ...]:
    """The rings of the community, of its 11 general and of its 127 micro-grids."""
    found = tiling()
    general = [
        union([c for c, k in zip(found.cells, found.general_of, strict=True) if k == g])
        for g in range(GENERAL)
    ]
    return (union(list(found.cells)), *general, *found.cells)
