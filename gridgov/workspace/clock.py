"""The clock of the workspace: local time of China, without zone, as everywhere in the product."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

__all__ = ["now"]

# Fixed, not the tz database: China has had no summer time since 1991, so local time is monotonic.
_CHINA = timezone(timedelta(hours=8))


def now() -> datetime:
    """The present local time, naive, to the microsecond."""
    return datetime.now(_CHINA).replace(tzinfo=None)
