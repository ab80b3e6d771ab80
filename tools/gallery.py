"""A sheet of every figure, card and table with generated numbers, to look at and judge.

    streamlit run tools/gallery.py --server.port 8599

The language is in the address: `?lang=en`. The static fonts are those of the product, linked here
because Streamlit serves them from beside the script that it runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gridgov import figures as fg
from gridgov import formats
from gridgov.locale import _, set_language
from gridgov.ui import html
from gridgov.ui.figure import draw_figure
from gridgov.ui.theme import apply_theme

RNG = np.random.default_rng(7)
PILLARS = ["党建在网格", "服务在网格", "民生在网格", "发展在网格", "幸福在网格"]
GRIDS = [f"第{n}网格" for n in "一二三四五六七八九十"] + ["第十一网格"]
MONTHS = pd.date_range("2025-01-01", periods=22, freq="MS")


def control_frame(base: float = 0.91, jump: int | None = 20) -> pd.DataFrame:
    values = base + RNG.normal(0, 0.014, len(MONTHS))
    if jump is not None:
        values[jump:] -= 0.05
    mean, spread = values[:20].mean(), 2.66 * np.abs(np.diff(values[:20])).mean()
    point = ["concern" if v < mean - spread else "common" for v in values]
    point[8] = "improvement"
    return pd.DataFrame(
        {
            "bucket": MONTHS,
            "value": values,
            "mean": mean,
            "lower": mean - spread,
            "upper": min(mean + spread, 1.0),
            "point": point,
            "signal": ["outside" if p != "common" else "" for p in point],
            "numerator": (values * 812).round(),
            "denominator": 812,
            "is_partial": [False] * 21 + [True],
        }
    )


def cards(colors: fg.Palette) -> None:
    rows = [
        (
            "重点人员按期探访率",
            0.934,
            "%",
            "应访 12,410 人次，已访 11,591",
            "better",
            "比去年同期高 4.1 个百分点",
        ),
        ("逾期未访人数", 37, "人", "每周类 3 · 每月类 21 · 每季类 13", "worse", "比上期多 9 人"),
        ("诉求按期办结率", 0.912, "%", "应结 812 件，按期 741 件", "usual", "与去年同期持平"),
        (
            "满意率",
            0.898,
            "%",
            "回访 446 件 · 95% 区间 86.6–92.3%",
            "usual",
            "比去年同期高 0.4 个百分点",
        ),
        ("参与人次", 28_940, "人次", "2,894 / 9,190 户", "changed", "比去年同期多 2,104 人次"),
        ("超期在办数", 14, "件", "最久 46 天（物业）", "missing", "上期数据不全"),
    ]
    shown = []
    for name, value, unit, line, state, comparison in rows:
        walk = np.cumsum(RNG.normal(0.2, 1, 18))
        spark = fg.sparkline(
            list(walk),
            colors,
            state=state,
            mean=float(walk.mean()),
            lower=float(walk.mean() - 2.5),
            upper=float(walk.mean() + 2.5),
            partial=state == "changed",
            alt=name,
        )
        shown.append(
            html.card_html(
                name,
                formats.headline(value, unit),
                line,
                state=state,
                comparison=comparison,
                sparkline=spark,
                href="#" if state == "worse" else None,
            )
        )
    st.html(html.cards_html(shown))


def tables() -> None:
    columns = [
        html.TableColumn("what", "事项"),
        html.TableColumn("grid", "网格", "muted"),
        html.TableColumn("state", "状态", "state"),
        html.TableColumn("rate", "按期办结率", "bar", "%"),
        html.TableColumn("n", "应结", "number", phone=False),
    ]
    st.html(
        html.table_html(
            columns,
            [
                {
                    "what": "每周类独居老人超期 3 人",
                    "grid": "第三、第七网格",
                    "state": "worse",
                    "rate": 0.71,
                    "n": 1204,
                    "to": "#",
                },
                {
                    "what": "停车诉求连续 4 个月高于上限",
                    "grid": "第七网格",
                    "state": "changed",
                    "rate": 0.88,
                    "n": 96,
                    "to": "#",
                },
                {
                    "what": "物业类在办超 30 天 6 件 <script>",
                    "grid": "全社区",
                    "state": "usual",
                    "rate": None,
                    "n": 6,
                    "to": "#",
                },
                {
                    "what": "走访 9 天无记录",
                    "grid": "第四网格",
                    "state": "missing",
                    "rate": 0.93,
                    "n": None,
                    "to": "#",
                },
            ],
            caption="需要关注",
            href_key="to",
        )
    )
    st.html(
        html.summary_html(
            [
                "探访按期率 93.4%，较去年同期高 4.1 个百分点，超出正常波动范围。",
                "停车诉求 7 月起上升，集中在第七网格，占增量的 72%。",
                "10 月尚缺 1 天数据，对比按同期口径。",
            ]
        )
    )
    st.html(html.empty_state_html("本时段没有诉求记录。", "放宽时段", "#"))


def time_figures(colors: fg.Palette) -> list[Callable[[], fg.Chart]]:
    lines = pd.concat(
        [
            pd.DataFrame(
                {
                    "bucket": MONTHS,
                    "series": name,
                    "value": base + RNG.normal(0, 0.02, 22),
                    "is_partial": [False] * 21 + [True],
                }
            )
            for name, base in (("上门", 0.82), ("电话", 0.78), ("去年同期", 0.74))
        ]
    )
    kinds = pd.concat(
        [
            pd.DataFrame(
                {
                    "bucket": MONTHS,
                    "series": name,
                    "value": RNG.poisson(base, 22),
                    "is_partial": [False] * 21 + [True],
                }
            )
            for name, base in (("停车", 40), ("物业", 32), ("噪声", 18), ("绿化", 9))
        ]
    )
    days = pd.DataFrame(
        {"day": pd.date_range("2026-01-01", "2026-10-31"), "value": RNG.poisson(22, 304)}
    )
    days.loc[[40, 41, 42, 43, 200], "value"] = 0
    notes = [
        fg.Annotation("2025-07-01", "停车新规"),
        fg.Annotation("2025-09-01", "换届"),
        fg.Annotation("2026-02-17", "春节"),
    ]
    return [
        lambda: fg.control_chart(
            control_frame(),
            colors,
            title="诉求按期办结率",
            unit="%",
            target=0.95,
            annotations=notes,
        ),
        lambda: fg.line(
            lines,
            colors,
            title="按期探访率",
            unit="%",
            comparison="去年同期",
            annotations=notes[:1],
        ),
        lambda: fg.stacked_time_bars(kinds, colors, title="诉求量", unit="件"),
        lambda: fg.calendar_heat(days, colors, title="走访记录", unit="条"),
        lambda: fg.line(lines[lines["series"] == "上门"], colors, title="上门探访率", unit="%"),
    ]


def row_figures(colors: fg.Palette) -> list[Callable[[], fg.Chart]]:
    by_grid = pd.DataFrame(
        {
            "label": GRIDS,
            "value": RNG.uniform(0.7, 0.98, 11),
            "state": ["usual"] * 8 + ["worse", "better", "usual"],
        }
    )
    pairs = pd.DataFrame(
        [
            {"label": p, "series": s, "value": RNG.integers(200, 1400)}
            for p in ("党建", "服务", "民生", "发展", "幸福")
            for s in ("本期", "去年同期")
        ]
    )
    category = pd.DataFrame(
        {
            "label": [
                "停车管理",
                "物业服务",
                "噪声扰民",
                "环境卫生",
                "绿化养护",
                "邻里纠纷",
                "其他",
            ],
            "value": [212, 168, 96, 71, 40, 22, 18],
        }
    )
    stages = pd.DataFrame(
        {
            "label": ["受理", "24小时内联系", "办结", "回访", "解决", "满意"],
            "value": [812, 774, 741, 446, 401, 388],
        }
    )
    return [
        lambda: fg.bars(
            by_grid, colors, title="按期探访率", unit="%", reference=0.88, reference_name="社区平均"
        ),
        lambda: fg.grouped_bars(pairs, colors, title="五在活动参与", unit="人次"),
        lambda: fg.pareto(category, colors, title="诉求类别"),
        lambda: fg.funnel_stages(stages, colors, title="诉求办理过程"),
    ]


def award_figures(colors: fg.Palette) -> list[Callable[[], fg.Chart]]:
    steps = pd.DataFrame(
        {
            "label": ["去年同期", "停车", "物业", "噪声", "其他", "本期"],
            "value": [700, 90, 41, -32, 13, 812],
            "kind": ["total", "step", "step", "step", "step", "total"],
        }
    )
    parts = pd.DataFrame(
        [
            {"label": f"候选人 {c}", "part": p, "value": v * RNG.uniform(0.7, 1)}
            for c in "甲乙丙丁戊"
            for p, v in (
                ("按期探访", 25),
                ("需求闭环", 15),
                ("居民回访", 15),
                ("按期办结", 10),
                ("解决", 10),
                ("活动覆盖", 10),
                ("同行评议", 10),
                ("重复诉求", 5),
            )
        ]
    )
    ranks = pd.DataFrame(
        {
            "label": [f"候选人 {n}" for n in range(1, 15)],
            "rank": range(1, 15),
            "low": np.maximum(1, np.arange(1, 15) - RNG.integers(1, 4, 14)),
            "high": np.minimum(14, np.arange(1, 15) + RNG.integers(1, 5, 14)),
            "probability": np.linspace(1, 0, 14),
            "is_open": [False, False, True, True, True] + [False] * 9,
        }
    )
    spread = pd.DataFrame(
        {
            "label": GRIDS[:6],
            "low": 0.2,
            "q1": RNG.uniform(1, 2, 6),
            "median": RNG.uniform(3, 5, 6),
            "q3": RNG.uniform(6, 9, 6),
            "high": RNG.uniform(12, 20, 6),
            "n": 80,
        }
    )
    return [
        lambda: fg.waterfall(steps, colors, title="诉求量的变化", unit="件", up_is_better=False),
        lambda: fg.stacked_contributions(
            parts, colors, title="得分构成", reference=84.0, reference_name="入围线"
        ),
        lambda: fg.rank_bands(ranks, colors, title="名次与区间", cutoff=4),
        lambda: fg.box(spread, colors, title="办理时长", unit="天"),
    ]


def state_figures(colors: fg.Palette) -> list[Callable[[], fg.Chart]]:
    table = pd.DataFrame(
        [
            {
                "row": g,
                "column": p,
                "value": RNG.uniform(0.5, 1),
                "state": RNG.choice(
                    ["usual", "usual", "usual", "better", "worse", "changed", "missing"]
                ),
                "key": g,
            }
            for g in GRIDS
            for p in PILLARS
        ]
    )
    time = np.arange(0, 40)
    curve = pd.DataFrame(
        {
            "time": time,
            "open_share": np.exp(-time / 7),
            "low": np.clip(np.exp(-time / 6) - 0.03, 0, 1),
            "high": np.clip(np.exp(-time / 8) + 0.02, 0, 1),
        }
    )
    n = np.arange(20, 400, 10)
    se = np.sqrt(0.9 * 0.1 / n)
    limits = pd.DataFrame(
        {
            "n": n,
            "low95": 0.9 - 1.96 * se,
            "high95": np.minimum(0.9 + 1.96 * se, 1),
            "low998": 0.9 - 3.09 * se,
            "high998": np.minimum(0.9 + 3.09 * se, 1),
        }
    )
    points = pd.DataFrame(
        {
            "label": GRIDS,
            "n": RNG.integers(40, 380, 11),
            "value": RNG.normal(0.9, 0.015, 11),
            "state": "usual",
        }
    )
    points.loc[3, ["value", "state"]] = [0.79, "worse"]
    cloud = pd.DataFrame(
        {"label": GRIDS, "x": RNG.uniform(0.6, 1.9, 11), "y": RNG.uniform(0.7, 0.98, 11)}
    )
    return [
        lambda: fg.heat_table(table, colors, title="网格 × 五在", unit="%"),
        lambda: fg.survival_curve(curve, colors, title="办理时长", median=4.9, p90=16.1, n=812),
        lambda: fg.funnel_plot(
            points, limits, colors, title="满意率", target=0.9, size_name="回访件数"
        ),
        lambda: fg.scatter(
            cloud,
            colors,
            title="任务负荷与按期探访",
            x_name="任务负荷比",
            y_name="按期探访率",
            y_unit="%",
            name_points=3,
        ),
    ]


def map_figures(colors: fg.Palette) -> list[Callable[[], fg.Chart]]:
    tiles = pd.DataFrame(
        {
            "grid_id": [f"g{i}" for i in range(11)],
            "name": GRIDS,
            "value": RNG.uniform(0.7, 0.98, 11),
            "state": ["usual"] * 7 + ["worse", "better", "changed", "missing"],
        }
    )
    hexes = fg.outlines(
        [(f"g{i}", GRIDS[i], {"type": "Polygon", "coordinates": [_blob(i)]}) for i in range(11)]
    )
    micro = pd.DataFrame(
        {
            "grid_id": [f"m{i}" for i in range(127)],
            "name": [f"{i % 12 + 1}" for i in range(127)],
            "group": [GRIDS[i // 12] for i in range(127)],
            "value": RNG.poisson(9, 127),
            "state": "usual",
        }
    )
    return [
        lambda: fg.grid_map(hexes, tiles, colors, title="按期探访率", unit="%", selected="g4"),
        lambda: fg.grid_map(hexes, tiles, colors, title="按期探访率", unit="%", by="value"),
        lambda: fg.tile_map(tiles, colors, title="按期探访率", unit="%"),
        lambda: fg.tile_map(micro, colors, title="微网格诉求量", unit="件", by="value"),
        lambda: fg.empty_chart(colors, title="诉求量", unit="件", grain="month"),
    ]


def _blob(place: int) -> list[list[float]]:
    x, y = (
        104.27 + (place % 4) * 0.006 + (0.003 if place // 4 % 2 else 0),
        30.56 - (place // 4) * 0.0052,
    )
    return [
        [x, y + 0.0034],
        [x + 0.003, y + 0.0017],
        [x + 0.003, y - 0.0017],
        [x, y - 0.0034],
        [x - 0.003, y - 0.0017],
        [x - 0.003, y + 0.0017],
        [x, y + 0.0034],
    ]


SHEETS = (time_figures, row_figures, award_figures, state_figures, map_figures)


def main() -> None:
    st.set_page_config(page_title="格格看板", layout="wide")
    set_language(st.query_params.get("lang", "zh_CN"))
    colors = apply_theme()
    st.html(
        html.page_title_html(
            "总览", ["2026年下半年（至10月31日，未结束）", "对比 2025年下半年同期", "东山社区"]
        )
    )
    cards(colors)
    st.html(html.section_html("需要关注"))
    tables()
    charts = [make() for sheet in SHEETS for make in sheet(colors)]
    for left, right in zip(charts[::2], [*charts[1::2], None], strict=False):
        for column, chart in zip(st.columns(2, gap="medium"), (left, right), strict=True):
            if chart is not None:
                with column:
                    draw_figure(chart, str(id(chart)))
                    st.html(html.caption_html(chart.alt))
    frames = [
        control_frame(RNG.uniform(0.8, 0.95), 20 if i % 9 == 0 else None).assign(
            key=str(i), label=f"微网格 {i}"
        )
        for i in range(40)
    ]
    st.html(html.section_html(_("各微网格走势")))
    st.html(
        fg.small_multiples(
            pd.concat(frames),
            colors,
            title="各微网格走势",
            unit="%",
            href=lambda key: f"?grid={key}",
        )
    )


main()
