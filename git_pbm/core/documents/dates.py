"""Calendar days as documents write them."""

from __future__ import annotations

import re

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_calendar_day(value: object) -> bool:
    """Whether a value is a real day written ``YYYY-MM-DD``; values that are no text are other rules' affair."""
    if not isinstance(value, str):
        return True
    if _DAY.fullmatch(value) is None:
        return False
    from datetime import date

    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
