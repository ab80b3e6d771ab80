"""How new and how complete each log is."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.figures import Chart, calendar_heat
from gridgov.locale import _
from gridgov.queries.freshness import coverage_by_day, coverage_by_grid, log_freshness
from gridgov.ui import html
from gridgov.ui.view import View

__all__ = ["completeness_chart", "freshness_table", "gaps_table"]

_DAYS = 180


def _log_name(log: str) -> str:
    return {"visit": _("走访"), "activity": _("活动"), "complaint": _("诉求")}.get(log, log)


def freshness_table(view: View) -> None:
    """Each log: how many records, from when to when, days behind the newest data."""
    rows = log_freshness(view.reader).to_dict("records")
    columns = [
        html.TableColumn("log", _("台账")),
        html.TableColumn("records", _("记录"), "number"),
        html.TableColumn("first", _("最早"), "muted", phone=False),
        html.TableColumn("last", _("最新")),
        html.TableColumn("behind", _("落后"), "muted"),
    ]
    st.html(
        html.table_html(
            columns,
            [
                {
                    "log": _log_name(str(row["log"])),
                    "records": row["records"],
                    "first": formats.day(_day(row["first_on"])),
                    "last": formats.day(_day(row["last_on"])),
                    "behind": _behind(view, row["last_on"]),
                }
                for row in rows
            ],
        )
    )


def _day(value: object) -> str | None:
    return None if pd.isna(value) else str(value)[:10]  # type: ignore[call-overload]


def _behind(view: View, last: object) -> str:
    text = _day(last)
    if text is None:
        return formats.MISSING
    days = (view.data_date - pd.Timestamp(text).date()).days
    return _("最新") if days == 0 else formats.with_unit(formats.whole(days), "天", days)


def completeness_chart(view: View, log: str) -> Chart:
    """Records by day over the last half-year: a pale day is a thin or missing one."""
    start = view.data_date - timedelta(days=_DAYS)
    frame = coverage_by_day(view.reader, start, view.data_date)
    frame = frame[frame["log"] == log]
    days = pd.date_range(start, view.data_date, freq="D")
    found = dict(zip(pd.to_datetime(frame["on_date"]), frame["records"], strict=True))
    whole = pd.DataFrame({"day": days, "value": [int(found.get(day, 0)) for day in days]})
    return calendar_heat(
        whole, view.palette, title=_("{log}：每天的记录数", log=_log_name(log)), unit="条"
    )


def gaps_table(view: View, log: str) -> None:
    """General grids by how many days of the last 30 have a record, thinnest first."""
    start = view.data_date - timedelta(days=29)
    frame = coverage_by_grid(view.reader, start, view.data_date)
    frame = frame[frame["log"] == log].sort_values(["days", "grid_id"]).head(8)
    names = {
        str(grid_id): str(name) for grid_id, name in view.reader.rows("queries/grid_name_list.sql")
    }
    columns = [
        html.TableColumn("name", _("网格")),
        html.TableColumn("days", _("近 30 天有记录的天数"), "bar"),
        html.TableColumn("records", _("记录"), "number"),
        html.TableColumn("last", _("最新"), "muted"),
    ]
    st.html(
        html.table_html(
            columns,
            [
                {
                    "name": names.get(str(row["grid_id"]), str(row["grid_id"])),
                    "days": row["days"],
                    "records": row["records"],
                    "last": formats.day(_day(row["last_on"])),
                }
                for row in frame.to_dict("records")
            ],
        )
    )
