"""`python -m gridgov signals --since 2026-10-01`: what is new, printed, posted or mailed."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gridgov import formats
from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.cli.target import kept_targets
from gridgov.errors import GridGovError, UsageError
from gridgov.figures.control import signal_words, state_words
from gridgov.locale import _
from gridgov.metrics import METRICS
from gridgov.trends.newest import (
    NewSignal,
    expected_false_alarms,
    newest_signals,
    signal_frame,
)
from gridgov.trends.notify import MailServer, post, send_mail
from gridgov.trends.places import all_levels, grid_names
from gridgov.trends.series import judged_series
from gridgov.trends.spans import GRAINS, TrendGrain
from gridgov.trends.targets import assurance_words
from gridgov.warehouse import Reader, Warehouse

__all__ = ["signals"]


class _Form(StrEnum):
    WECOM = "wecom"
    DINGTALK = "dingtalk"


class _Grain(StrEnum):
    MONTH = "month"
    WEEK = "week"
    QUARTER = "quarter"


def signals(
    since: Annotated[str, typer.Option(help="自哪天起新看见的信号，写成 2026-10-01")],
    grain: Annotated[_Grain, typer.Option(help="按月、周或季判断")] = _Grain.MONTH,
    level: Annotated[
        list[str] | None, typer.Option(help="只看这些网格层级，如 一般，可多次；默认全部")
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="只看这些指标，如 C3，可多次；默认全部")
    ] = None,
    webhook: Annotated[list[str] | None, typer.Option(help="推送到群机器人地址，可多次")] = None,
    form: Annotated[
        _Form | None, typer.Option(help="消息格式；默认按地址判断，认不出的按企业微信")
    ] = None,
    mail: Annotated[
        list[str] | None, typer.Option(help="发到邮箱，可多次；服务器由 GRIDGOV_SMTP 指定")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
    warehouse: Annotated[Path | None, typer.Option(help="数据目录")] = None,
) -> None:
    """列出某日以来的新信号：先需要关注，再高低变化，再改善；可推送到企业微信、钉钉或邮箱。

    钉钉“加签”的密钥放在环境变量 GRIDGOV_WEBHOOK_SECRET。发邮件另可设 GRIDGOV_MAIL_FROM、
    GRIDGOV_SMTP_USER、GRIDGOV_SMTP_PASSWORD、GRIDGOV_SMTP_SECURITY。
    """
    start = _day(since)
    codes = _codes(metric)
    server = MailServer.from_environment() if mail else None
    # As a leader sees it: what is sent or written down may be read by anybody.
    reader = Warehouse.locate(warehouse).reader(Scope(frozenset({Role.LEADER})))
    levels = _levels(reader, level)
    kind: TrendGrain = grain.value
    targets = kept_targets()
    found = newest_signals(reader, start, codes=codes, levels=levels, grain=kind, targets=targets)
    series = judged_series(reader, codes, grain=kind, levels=levels)
    judged, chance = int(series.is_judged.sum()), expected_false_alarms(series, start)
    if as_json:
        typer.echo(json.dumps(_answer(reader, found, start, judged, chance), ensure_ascii=False))
    else:
        _show(reader, found, start, kind, judged, chance)
    place = _place(reader)
    secret = os.environ.get("GRIDGOV_WEBHOOK_SECRET")
    ways: list[Callable[[], None]] = [
        partial(post, url, found, start, place, form=form.value if form else None, secret=secret)
        for url in webhook or []
    ]
    if server is not None and mail:
        ways.append(partial(send_mail, server, mail, found, start, place))
    sent = _send(ways)
    if sent and not as_json:
        typer.echo(_("已发送到 {n} 处", n=sent))


def _send(ways: Sequence[Callable[[], None]]) -> int:
    """Try every receiver: one that is down must not keep the news from the others.

    Gives how many took it. Raises the last failure after the others were said.
    """
    failures: list[GridGovError] = []
    for way in ways:
        try:
            way()
        except GridGovError as error:
            failures.append(error)
    for failure in failures[:-1]:
        typer.echo(" ".join(str(failure).split()), err=True)
    if failures:
        raise failures[-1]
    return len(ways)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(_("日期“{text}”应写成 2026-10-01", text=text)) from None


def _codes(names: list[str] | None) -> list[str] | None:
    unknown = [name for name in names or [] if name.upper() not in METRICS]
    if unknown:
        raise UsageError(_("没有这个指标：{code}", code=unknown[0]))
    return [name.upper() for name in names] if names else None


def _levels(reader: Reader, names: list[str] | None) -> tuple[str, ...]:
    known = all_levels(reader)
    for name in names or []:
        if name not in known:
            raise UsageError(
                _("没有网格层级“{name}”，可选：{known}", name=name, known="、".join(known))
            )
    return tuple(names) if names else known


def _place(reader: Reader) -> str:
    names = list(grid_names(reader).values())
    top = all_levels(reader)[:1]
    tops = [name for name, level in names if level in top]
    return tops[0] if len(tops) == 1 else _("全部网格")


def _answer(
    reader: Reader, found: tuple[NewSignal, ...], since: date, judged: int, chance: float
) -> dict[str, object]:
    frame = signal_frame(found)
    rows = json.loads(frame.to_json(orient="records", date_format="iso", force_ascii=False))
    for row, signal in zip(rows, found, strict=True):
        for name, day in (
            ("began_on", signal.began_on), ("seen_on", signal.seen_on), ("bucket", signal.on),
        ):  # fmt: skip
            row[name] = day.isoformat()
    return {
        "since": since.isoformat(),
        "data_date": reader.data_date.isoformat() if reader.data_date else None,
        "version": reader.version.number,
        "series": judged,
        "expected_by_chance": round(chance, 1),
        "signals": rows,
    }


def _show(
    reader: Reader,
    found: tuple[NewSignal, ...],
    since: date,
    grain: TrendGrain,
    judged: int,
    chance: float,
) -> None:
    # In a file or a mail of cron a line must stay a line.
    width = None if sys.stdout.isatty() else 200
    console = Console(markup=False, highlight=False, width=width, soft_wrap=True)
    if found:
        console.print(_table(found))
    console.print(
        _(
            "数据截至 {day}，按{grain}；共判断 {series} 条序列，{since} 以来 {n} 条有新信号；"
            "全无变化时偶然也会有约 {chance} 条",
            day=formats.day(reader.data_date),
            grain=_(GRAINS[grain]).lower(),
            series=formats.whole(judged),
            since=formats.day(since),
            n=len(found),
            chance=formats.whole(chance),
        )
    )


def _table(found: tuple[NewSignal, ...]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    aims = [_aim(one) for one in found]
    # A column of its own only where somebody has set a target.
    more = [_("目标")] if any(aims) else []
    for title in (
        _("状态"),
        _("网格"),
        _("指标"),
        _("数值"),
        _("正常波动范围"),
        _("信号"),
        _("看见"),
        *more,
    ):
        right = title in (_("数值"), _("正常波动范围"))
        table.add_column(title, justify="right" if right else "left", overflow="fold")
    for signal, aim in zip(found, aims, strict=True):
        metric = METRICS[signal.metric]
        cells = (
            state_words(signal.tone),
            signal.grid_name,
            f"{signal.metric} {metric.label}",
            formats.value(signal.value, metric.unit),
            formats.interval(signal.lower, signal.upper, metric.unit),
            signal_words(signal.signal),
            formats.day(signal.seen_on),
            *([aim] if more else []),
        )
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _aim(signal: NewSignal) -> str:
    if math.isnan(signal.target):
        return ""
    amount = formats.value(signal.target, METRICS[signal.metric].unit)
    return f"{amount} {assurance_words(signal.assurance)}".strip()
