"""What the first visitor would otherwise wait for, done beside the server's start.

Importing the chart and statistics libraries, opening the version in force, and the overview as a
leader finds it take seconds on a fresh server: they happen once, in the background, at low cost to
whoever comes meanwhile. Nothing depends on it: without it the first view is slow, not wrong.
"""

from __future__ import annotations

import gc
import logging
import pkgutil
from importlib import import_module
from threading import Thread

from gridgov.errors import GridGovError
from gridgov.ui.constant_theme import keep_theme

__all__ = ["start", "warm"]

_log = logging.getLogger("gridgov")


def start() -> Thread:
    """Warm up in the background."""
    keep_theme()
    thread = Thread(target=_quietly, name="gridgov-warm", daemon=True)
    thread.start()
    return thread


def _quietly() -> None:
    try:
        warm()
        # 200,000 objects of libraries live for ever: looking through them all took the collector
        # 0.1 s of everybody's time, again and again.
        gc.collect()
        gc.freeze()
    except GridGovError as error:
        # No data yet, or a version that cannot be read: every page says so itself.
        _log.info("not warmed up: %s", error)
    except Exception:
        _log.warning("warming up failed", exc_info=True)


def warm() -> None:
    """Import what pages need and answer what a leader's first look asks.

    Raises GridGovError where no version can be read.
    """
    import gridgov.ui

    for module in pkgutil.iter_modules(gridgov.ui.__path__):
        if not module.ispkg:
            import_module(f"gridgov.ui.{module.name}")
    from gridgov.explore import sandbox

    sandbox.warm_up()
    _look_once()


def _look_once() -> None:
    from gridgov.access.policy import scope_of
    from gridgov.access.roles import Role, demo_identity
    from gridgov.figures import control_chart
    from gridgov.figures.palette import LIGHT
    from gridgov.filters import Filters
    from gridgov.queries.choices import filter_choices
    from gridgov.queries.engagement_evidence import kinds_reached
    from gridgov.stats.calendar import spring_festival
    from gridgov.trends.places import all_levels
    from gridgov.trends.series import judged_series
    from gridgov.ui import complaints_page, engagement_page, visits_page
    from gridgov.ui.cache import kept
    from gridgov.ui.overview import overview_of
    from gridgov.ui.view import View, set_view
    from gridgov.warehouse import Warehouse

    leader = demo_identity(Role.LEADER)
    reader = Warehouse.locate().reader(scope_of(leader))
    if reader.data_date is None:
        return
    filter_choices(reader)
    set_view(View(leader, Filters(today=reader.data_date), LIGHT, "overview", reader))
    judged, _concerns, _sentences = kept(overview_of)
    for page in (visits_page, complaints_page, engagement_page):
        kept(page.headline)
    kept(kinds_reached)
    # All series of the levels above the lowest: what the trends page judges at first.
    judged_series(reader, levels=[one for one in all_levels(reader) if one != "微"])
    # The lunar calendar takes a tenth of a second to be worked out.
    spring_festival(reader.data_date.year)
    # The first figure loads plotly's validators.
    first = judged[0]
    control_chart(first.history, LIGHT, title="", unit=first.metric.unit).figure.to_dict()
