"""Outlines: reading, laying flat, centres, tiles."""

from __future__ import annotations

import json
import math

import pytest

from gridgov.errors import DataFileError
from gridgov.figures import outline, outlines, tiles

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}


def test_centre_is_that_of_the_area_not_of_the_corners() -> None:
    ring = [[0, 0], [1, 0], [2, 0], [3, 0], [4, 0], [4, 4], [0, 4]]
    assert outline("g", "g", {"type": "Polygon", "coordinates": [ring]}).centre == pytest.approx(
        (2, 2)
    )


def test_text_and_several_parts() -> None:
    both = {
        "type": "MultiPolygon",
        "coordinates": [SQUARE["coordinates"], [[[9, 9], [10, 9], [10, 10]]]],
    }
    shape = outline("g", "g", json.dumps(both))
    assert [len(ring) for ring in shape.rings] == [4, 3]
    assert shape.centre == pytest.approx((1, 1))


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "{}",
        "POLYGON((0 0,1 1))",
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
    ],
)
def test_what_cannot_be_read_is_refused_with_the_grid(bad: object) -> None:
    with pytest.raises(DataFileError, match="G7"):
        outline("G7", "第七网格", bad)  # type: ignore[arg-type]


def test_degrees_become_metres_and_metres_stay() -> None:
    step = {
        "type": "Polygon",
        "coordinates": [[[104, 30], [104.01, 30], [104.01, 30.01], [104, 30.01]]],
    }
    (shape,) = outlines([("g", "g", step)])
    width = max(x for x, _y in shape.rings[0])
    height = max(y for _x, y in shape.rings[0])
    assert height == pytest.approx(1113.2, abs=0.1)
    assert width == pytest.approx(height * math.cos(math.radians(30.005)), rel=1e-3)
    metres = {
        "type": "Polygon",
        "coordinates": [[[500000, 3300000], [500100, 3300000], [500100, 3300100]]],
    }
    assert outlines([("g", "g", metres)])[0].rings[0][1] == (500100.0, 3300000.0)
    assert outlines([("g", "g", "")]) == ()


def test_tiles_begin_a_row_a_group() -> None:
    shapes = tiles([("a", "1"), ("b", "2"), ("c", "3")], ["x", "x", "y"])
    rows = [round(shape.centre[1], 2) for shape in shapes]
    assert rows[0] == rows[1] > rows[2]
    assert tiles([]) == ()
