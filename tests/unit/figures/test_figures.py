"""Every figure: what it draws, what it says, and that it stands an empty frame and a single row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from gridgov import figures as fg
from gridgov.locale import set_language

MONTHS = pd.date_range("2025-01-01", periods=22, freq="MS")
PAINT = fg.LIGHT


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    set_language("zh_CN")
    yield
    set_language("zh_CN")


def control_rows(count: int = 22) -> pd.DataFrame:
    point = ["common"] * count
    point[-1] = "concern"
    return pd.DataFrame(
        {
            "bucket": MONTHS[:count],
            "value": np.linspace(0.9, 0.8, count),
            "mean": 0.88,
            "lower": 0.84,
            "upper": 0.92,
            "point": point,
            "signal": ["outside" if p == "concern" else "" for p in point],
            "is_partial": [False] * (count - 1) + [True],
        }
    )


def series_rows(count: int = 22) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "bucket": MONTHS[:count],
                "series": name,
                "value": level + np.arange(count),
                "is_partial": [False] * (count - 1) + [True],
            }
        )
        for name, level in (("停车", 40), ("物业", 20), ("去年同期", 10))
    ]
    return pd.concat(parts, ignore_index=True)


def labelled(*values: float, **more: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"label": [f"第{n}网格" for n in range(1, len(values) + 1)], "value": values, **more}
    )


def square(x: float, y: float) -> dict[str, object]:
    ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


GRIDS = pd.DataFrame(
    {"grid_id": ["a", "b"], "name": ["甲", "乙"], "value": [0.9, 0.7], "state": ["usual", "worse"]}
)
SHAPES = fg.outlines(
    [
        ("a", "甲", square(104.0, 30.0)),
        ("b", "乙", square(104.01, 30.0)),
        ("c", "丙", square(104.02, 30.0)),
    ]
)
LIMITS = pd.DataFrame(
    {
        "n": [10, 100],
        "low95": [0.7, 0.84],
        "high95": [1.0, 0.95],
        "low998": [0.6, 0.8],
        "high998": [1.0, 0.98],
    }
)
HEAT = pd.DataFrame(
    {
        "row": ["甲", "甲", "乙"],
        "column": ["党建", "服务", "党建"],
        "value": [0.5, None, 0.9],
        "state": ["worse", "missing", "better"],
        "key": ["a", "a", "b"],
    }
)

Make = Callable[[pd.DataFrame], fg.Chart]
FIGURES: dict[str, tuple[Make, pd.DataFrame]] = {
    "control_chart": (
        lambda f: fg.control_chart(f, PAINT, title="按期率", unit="%"),
        control_rows(),
    ),
    "line": (
        lambda f: fg.line(f, PAINT, title="诉求", unit="件", comparison="去年同期"),
        series_rows(),
    ),
    "stacked_time_bars": (
        lambda f: fg.stacked_time_bars(f, PAINT, title="诉求", unit="件"),
        series_rows(),
    ),
    "bars": (lambda f: fg.bars(f, PAINT, title="诉求", unit="件"), labelled(5, 3, 8)),
    "grouped_bars": (
        lambda f: fg.grouped_bars(f, PAINT, title="参与"),
        labelled(5, 3, 8, 2, series=["本期", "上期"] * 2),
    ),
    "pareto": (lambda f: fg.pareto(f, PAINT, title="类别"), labelled(5, 60, 30, 5)),
    "funnel_stages": (lambda f: fg.funnel_stages(f, PAINT, title="过程"), labelled(100, 80, 60)),
    "waterfall": (
        lambda f: fg.waterfall(f, PAINT, title="变化", up_is_better=False),
        labelled(10, 5, 15, kind=["total", "step", "total"]),
    ),
    "stacked_contributions": (
        lambda f: fg.stacked_contributions(f, PAINT, title="得分"),
        labelled(25.0, 10.0, -3.0, part=["探访", "办结", "扣分"]),
    ),
    "heat_table": (lambda f: fg.heat_table(f, PAINT, title="网格 × 五在", unit="%"), HEAT),
    "calendar_heat": (
        lambda f: fg.calendar_heat(f, PAINT, title="走访", unit="条"),
        pd.DataFrame(
            {"day": pd.date_range("2026-10-01", "2026-10-31"), "value": [0, *range(1, 31)]}
        ),
    ),
    "survival_curve": (
        lambda f: fg.survival_curve(f, PAINT, title="办理时长", median=4.9, p90=None),
        pd.DataFrame(
            {
                "time": [0.0, 5.0, 9.0],
                "open_share": [1.0, 0.5, 0.2],
                "low": [1.0, 0.4, 0.1],
                "high": [1.0, 0.6, 0.3],
            }
        ),
    ),
    "funnel_plot": (
        lambda f: fg.funnel_plot(f, LIMITS, PAINT, title="满意率", target=0.9),
        labelled(0.9, 0.7, n=[50, 90], state=["usual", "worse"]),
    ),
    "scatter": (
        lambda f: fg.scatter(
            f, PAINT, title="负荷", x_name="负荷", y_name="按期率", y_unit="%", name_points=1
        ),
        pd.DataFrame({"label": ["甲", "乙"], "x": [1.0, 2.0], "y": [0.8, 0.9]}),
    ),
    "box": (
        lambda f: fg.box(f, PAINT, title="时长", unit="天"),
        pd.DataFrame(
            {
                "label": ["甲"],
                "low": [0.1],
                "q1": [1.0],
                "median": [3.0],
                "q3": [6.0],
                "high": [20.0],
                "n": [80],
            }
        ),
    ),
    "rank_bands": (
        lambda f: fg.rank_bands(f, PAINT, title="名次", cutoff=1),
        pd.DataFrame(
            {
                "label": ["甲", "乙"],
                "rank": [1, 2],
                "low": [1, 1],
                "high": [2, 3],
                "probability": [0.7, 0.3],
                "is_open": [True, False],
            }
        ),
    ),
    "grid_map": (
        lambda f: fg.grid_map(SHAPES, f, PAINT, title="按期率", unit="%", selected="b"),
        GRIDS,
    ),
    "tile_map": (lambda f: fg.tile_map(f, PAINT, title="按期率", unit="%", by="value"), GRIDS),
}
EVERY = pytest.mark.parametrize("name", FIGURES)


def traces(chart: fg.Chart) -> dict[str, dict[str, object]]:
    return {trace["name"]: trace for trace in chart.figure.to_dict()["data"]}


@EVERY
def test_plotly_accepts_every_property(name: str) -> None:
    make, frame = FIGURES[name]
    chart = make(frame)
    # The figures are built without validation, for speed; here they are validated.
    checked = go.Figure(chart.figure.to_dict())
    assert len(checked.data) == len(chart.figure.data) > 0
    assert chart.figure.layout.title.text.startswith(chart.title)
    assert 130 <= chart.figure.layout.height <= 620


@EVERY
def test_the_words_say_the_title_and_a_figure(name: str) -> None:
    make, frame = FIGURES[name]
    chart = make(frame)
    assert chart.alt.startswith(chart.title)
    assert any(sign.isdigit() for sign in chart.alt)
    assert "{" not in chart.alt


@EVERY
def test_an_empty_frame_gives_a_sentence(name: str) -> None:
    make, frame = FIGURES[name]
    chart = make(frame.iloc[:0])
    assert len(chart.figure.data) == 0
    assert chart.figure.layout.annotations[0].text == "所选范围内没有数据。请放宽时段或网格。"
    assert "没有数据" in chart.alt


@EVERY
def test_one_row_is_drawn(name: str) -> None:
    make, frame = FIGURES[name]
    chart = make(frame.iloc[[0]] if name != "calendar_heat" else frame.iloc[[5]])
    assert len(go.Figure(chart.figure.to_dict()).data) >= 1


@EVERY
def test_english_readers_meet_no_chinese_of_ours(name: str) -> None:
    make, frame = FIGURES[name]
    set_language("en")
    plain = frame.rename(columns=str)
    for column in ("label", "series", "part", "row", "column", "name"):
        if column in plain:
            plain = plain.assign(**{column: [f"unit {n}" for n in range(len(plain))]})
    chart = make(plain)
    said = chart.alt.replace(chart.title, "")
    data = "".join(part for part in ("甲", "乙", "丙", "负荷", "按期率"))
    assert not [sign for sign in said if ord(sign) > 0x2E7F and sign not in data], said


@EVERY
def test_a_figure_is_small(name: str) -> None:
    make, frame = FIGURES[name]
    assert len(make(frame).figure.to_json()) < 24_000


def test_control_chart_marks_signals_and_the_unfinished_period() -> None:
    notes = [fg.Annotation("2025-07-01", "停车新规")]
    chart = fg.control_chart(
        control_rows(), PAINT, title="按期率", unit="%", target=0.95, annotations=notes
    )
    found = traces(chart)
    assert list(found) == ["下限", "正常波动范围", "平均", "走势", "未结束", "数值"]
    marker = found["数值"]["marker"]
    assert marker["color"][:-1] == [PAINT.usual] * 21
    assert marker["color"][-1] == PAINT.paper, "an unfinished period is hollow"
    assert marker["line"]["color"][-1] == PAINT.worse
    assert found["走势"]["y"][-1] is None
    assert found["未结束"]["line"]["dash"] == "dot"
    assert "超出正常波动范围" in found["数值"]["text"][-1]
    assert "本期未结束" in found["数值"]["text"][-1]
    words = [note.text for note in chart.figure.layout.annotations]
    assert {"停车新规", "目标 95.0%", "平均 88.0%"} <= set(words)
    assert chart.figure.layout.yaxis.rangemode == "normal"


def test_time_axis_speaks_the_language_and_names_each_year_once() -> None:
    axis = fg.control_chart(control_rows(), PAINT, title="按期率", unit="%").figure.layout.xaxis
    assert list(axis.ticktext) == ["1月<br>2025", "5月", "9月", "1月<br>2026", "5月", "9月"] or [
        text for text in axis.ticktext if "<br>" in text
    ] == ["1月<br>2025", "1月<br>2026"]
    assert len(axis.tickvals) <= 8


def test_line_names_its_series_where_they_end_without_overlap() -> None:
    frame = series_rows().assign(value=lambda f: f["value"] * 0 + 5.0)
    chart = fg.line(frame, PAINT, title="诉求", unit="件", comparison="去年同期")
    ends = [
        note
        for note in chart.figure.layout.annotations
        if note.text in {"停车", "物业", "去年同期"}
    ]
    assert len(ends) == 3
    assert not chart.figure.layout.showlegend
    assert traces(chart)["去年同期"]["line"]["dash"] == "dot"


def test_stacked_bars_begin_with_the_largest_and_hatch_the_unfinished() -> None:
    found = traces(fg.stacked_time_bars(series_rows(), PAINT, title="诉求", unit="件"))
    assert list(found) == ["停车", "物业", "去年同期"]
    assert found["停车"]["marker"]["pattern"]["shape"] == [""] * 21 + ["/"]


def test_bars_keep_order_colour_by_state_and_hand_back_the_key() -> None:
    frame = labelled(5, 3, 8, state=["usual", "worse", "better"], key=["a", "b", "c"])
    chart = fg.bars(frame, PAINT, title="诉求", unit="件", reference=4.0, reference_name="平均")
    trace = chart.figure.to_dict()["data"][0]
    assert trace["customdata"] == ["a", "b", "c"]
    assert trace["marker"]["color"] == [PAINT.usual, PAINT.worse, PAINT.better]
    assert chart.figure.layout.xaxis.rangemode == "tozero"
    assert chart.figure.layout.shapes[0].x0 == 4.0


def test_pareto_parts_the_vital_few() -> None:
    found = traces(fg.pareto(labelled(5, 60, 30, 5), PAINT, title="类别"))
    assert found["前 80% 的类别"]["x"] == [60, 30]
    assert found["其余类别"]["x"] == [5, 5]
    assert found["前 80% 的类别"]["text"][1] == "30  累计 90%"


def test_funnel_stages_give_each_rate_on_its_base() -> None:
    frame = labelled(100, 80, 40).assign(base=[None, 100, 100])
    trace = fg.funnel_stages(frame, PAINT, title="过程").figure.to_dict()["data"][0]
    assert trace["text"] == ["100", "80  80.0%", "40  40.0%"]


def test_waterfall_steps_begin_where_the_last_ended() -> None:
    frame = labelled(10, 5, -3, 12, kind=["total", "step", "step", "total"])
    trace = fg.waterfall(frame, PAINT, title="变化", up_is_better=False).figure.to_dict()["data"][0]
    assert trace["base"] == [0, 10, 15, 0]
    assert trace["marker"]["color"][1:3] == [PAINT.worse, PAINT.better]


def test_heat_table_cells_take_the_ground_of_their_state_and_can_be_clicked() -> None:
    heat, touch = fg.heat_table(HEAT, PAINT, title="网格 × 五在", unit="%").figure.to_dict()["data"]
    scale = {round(edge, 2): color for edge, color in heat["colorscale"]}
    assert heat["z"] == [[3.5, 0.5], [4.5, 0.5]]
    assert scale[1.0] == PAINT.tint_better
    assert touch["customdata"] == [["a", "党建"], ["a", "服务"], ["b", "党建"]]
    assert heat["text"][0] == ["50.0%", "—"]


def test_calendar_rings_days_without_a_record() -> None:
    make, frame = FIGURES["calendar_heat"]
    found = traces(make(frame))
    # 1 October 2026 is a Thursday.
    assert (found["无记录"]["x"], found["无记录"]["y"]) == ([0], [3])
    assert found["选择"]["customdata"][0] == "2026-10-01"
    assert found["走访"]["z"][3][0] is None


def test_survival_marks_only_what_is_reached() -> None:
    make, frame = FIGURES["survival_curve"]
    words = [note.text for note in make(frame).figure.layout.annotations]
    assert words == ["一半在 4.9\u2009天内办结"]


def test_a_curve_of_many_steps_is_drawn_by_those_that_can_be_seen() -> None:
    share = np.linspace(1, 0.003, 4001)
    time = np.arange(4001) / 24
    two = pd.DataFrame(
        {
            "time": np.concatenate([time, time]),
            "open_share": np.concatenate([share, np.sqrt(share)]),
            "series": np.repeat(["甲", "乙"], len(time)),
        }
    )
    chart = fg.survival_curve(two, PAINT, title="办理时长")
    assert len(chart.frame) == len(two)
    for trace, whole in zip(chart.figure["data"], (share, np.sqrt(share)), strict=True):
        x, y = np.array(trace["x"]), np.array(trace["y"], dtype=float)
        assert len(x) < 300
        assert (x[0], x[-1]) == (time[0], pytest.approx(time[-1], abs=0.01))
        # What is drawn at any time is off by less than a pixel.
        drawn = y[np.searchsorted(x, time + 0.006, side="right") - 1]
        assert np.abs(drawn - whole).max() < 1 / 250 + 1e-4


def test_rank_bands_span_whole_places() -> None:
    make, frame = FIGURES["rank_bands"]
    bands = traces(make(frame))["名次区间（5%–95%）"]
    assert (bands["base"], bands["x"]) == ([0.5, 0.5], [2, 3])
    assert bands["marker"]["color"] == [PAINT.tint_changed, PAINT.rule]


def test_map_hands_back_the_grid_of_the_nearest_point() -> None:
    make, frame = FIGURES["grid_map"]
    found = traces(make(frame))
    assert {"无数据", "正常波动", "变差", "已选", "选择"} == set(found)
    assert set(found["选择"]["customdata"]) == {"a", "b", "c"}
    assert found["选择"]["unselected"]["marker"]["opacity"] == 0
    assert make(frame).figure.layout.yaxis.scaleanchor == "x"


def test_map_without_outlines_says_what_to_do() -> None:
    chart = fg.grid_map((), GRIDS, PAINT, title="按期率")
    assert "导入网格表的边界" in chart.alt


def test_small_multiples_show_every_micro_grid() -> None:
    frame = pd.concat([control_rows().assign(key=str(n), label=f"微网格 {n}") for n in range(139)])
    drawn = fg.small_multiples(
        frame, PAINT, title="走势", unit="%", href=lambda key: f"?grid={key}"
    )
    assert drawn.count("<img") == 139
    assert 'href="?grid=138"' in drawn


def test_small_multiples_put_signals_first() -> None:
    usual = control_rows().assign(key="a", label="甲", point="common")
    drawn = fg.small_multiples(
        pd.concat([usual, control_rows().assign(key="b", label="乙")]), PAINT, title="走势"
    )
    assert drawn.index("乙") < drawn.index("甲")


def test_sparkline_draws_dot_mean_band_and_escapes() -> None:
    svg = fg.sparkline(
        [1, None, 3, 2], PAINT, state="worse", mean=2, lower=1, upper=3, alt='<a "b">'
    )
    assert svg.count("<circle") == 1
    assert f'stroke="{PAINT.worse}"' in svg
    assert PAINT.band in svg
    assert "M4.0" in svg and svg.count("M") >= 3, "the missing value lifts the pen"
    assert "<a " not in svg
    assert fg.sparkline([None, float("nan")], PAINT) == ""
    assert "stroke-dasharray" in fg.sparkline([1, 2], PAINT, partial=True)
    assert fg.sparkline([5], PAINT).count("<circle") == 1


def test_image_of_a_drawing_closes_nothing_of_the_page() -> None:
    image = fg.as_image('<svg a="1">#"</svg>', 'a"b')
    assert image.count('"') == 6
    assert "%23" in image


def test_labels_from_data_cannot_bring_tags() -> None:
    chart = fg.bars(
        pd.DataFrame({"label": ['<a href="x">甲</a>'], "value": [1]}), PAINT, title="诉求"
    )
    assert list(chart.figure.layout.yaxis.ticktext) == ['&lt;a href="x">甲&lt;/a>']


def test_config_speaks_the_language() -> None:
    assert fg.figure_config("按期率")["toImageButtonOptions"] == {
        "format": "png",
        "scale": 2,
        "filename": "按期率",
    }
    assert (
        fg.figure_config()["locales"]["zh-CN"]["dictionary"]["Download plot as a PNG"] == "下载图片"
    )
    set_language("en")
    assert "locale" not in fg.figure_config()


def test_words_of_an_event_stay_inside_the_figure() -> None:
    rows = control_rows()
    days = [str(day)[:10] for day in rows["bucket"]]
    long = "第7网格网格员请假由第8网格代管一个月"
    events = [fg.Annotation(days[1], "新系统"), fg.Annotation(days[-1], long)]
    chart = fg.control_chart(rows, PAINT, title="按期率", unit="%", annotations=events)
    notes = {note.x: note for note in chart.figure.layout.annotations if note.x in days}
    assert (notes[days[1]].xanchor, notes[days[1]].text) == ("left", "新系统")
    last = notes[days[-1]]
    assert last.xanchor == "right" and last.hovertext == long
    assert len(last.text) == 14 and last.text.endswith("…")


def test_a_reference_line_stays_behind_the_numbers() -> None:
    frame = pd.DataFrame({"label": ["甲", "乙"], "value": [3.0, 5.0]})
    chart = fg.bars(frame, PAINT, title="量", unit="件", reference=4.0, reference_name="全部")
    assert chart.figure.data[0].text is None
    numbers = [note for note in chart.figure.layout.annotations if note.bgcolor == PAINT.paper]
    assert [(note.text, note.x, note.y) for note in numbers] == [("3", 3.0, 0), ("5", 5.0, 1)]
    plain = fg.bars(frame, PAINT, title="量", unit="件")
    assert list(plain.figure.data[0].text) == ["3", "5"]


def test_a_figure_that_nobody_looks_into_is_sent_as_it_was_made() -> None:
    frame = pd.DataFrame({"label": ["甲", "乙"], "value": [3.0, 5.0]})
    quick = fg.bars(frame, PAINT, title="量").figure
    sent = quick.to_json()
    quick.update_layout(height=321)
    assert quick.layout.height == 321
    again = fg.bars(frame, PAINT, title="量").figure
    again.update_layout(height=again.layout.height)
    assert json.loads(again.to_json()) == json.loads(sent)


def test_words_of_events_stand_above_the_plot_and_do_not_widen_it() -> None:
    rows = control_rows()
    days = [str(day)[:10] for day in rows["bucket"]]
    events = [fg.Annotation(day, f"事件{at}") for at, day in enumerate(days[-3:])]
    plain = fg.control_chart(rows, PAINT, title="按期率", unit="%").figure.layout
    noted = fg.control_chart(rows, PAINT, title="按期率", unit="%", annotations=events)
    layout = noted.figure.layout
    words = [note for note in layout.annotations if note.text.startswith("事件")]
    assert {(note.y, note.yref, note.yanchor) for note in words} == {(1, "paper", "bottom")}
    assert len({note.yshift for note in words}) == 3, "one under the other"
    room = layout.margin.t - plain.margin.t
    assert room > max(note.yshift for note in words)
    assert layout.height - plain.height == room, "the plot is as high as without"
    first, last = layout.xaxis.range
    assert first < days[0] and days[-1] < last and not layout.xaxis.autorange


def test_a_period_that_is_not_over_has_no_state() -> None:
    over = fg.sparkline([1, 2, 3], PAINT, state="worse")
    running = fg.sparkline([1, 2, 3], PAINT, state="worse", partial=True)
    assert over.count("<circle") == 1 and f'fill="{PAINT.worse}"' in over
    judged, newest = running.split("<circle")[1:]
    assert f'fill="{PAINT.worse}"' in judged
    assert f'fill="{PAINT.paper}" stroke="{PAINT.usual}"' in newest
