"""The product's clock: local time of China, without zone, as in all data and on all pages.

A server's own zone is often UTC; eight hours a day its date is another one than the readers'.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

__all__ = ["now", "today"]

# Fixed, not the tz database: China has had no summer time since 1991, so local time is monotonic.
_CHINA = timezone(timedelta(hours=8))


def now() -> datetime:
    """The present local time, naive, to the microsecond."""
    return datetime.now(_CHINA).replace(tzinfo=None)


def today() -> date:
    """The present day in China."""
    return now().date()
