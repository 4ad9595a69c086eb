"""When the owner of a budget is told how much of it is used."""

from collections.abc import Iterable

#: Shares are compared to so many digits: the rest is noise of floating point.
DIGITS = 9


def newly_reached(share: float, thresholds: Iterable[float], told: float) -> float | None:
    """Return the highest threshold reached and not told yet, or None.

    :param share: share used, 0.8 for 80 %
    :param thresholds: shares at which the owner wants to be told
    :param told: highest threshold told so far, 0 when none
    """
    reached = [
        threshold for threshold in thresholds if round(told, DIGITS) < round(threshold, DIGITS) <= round(share, DIGITS)
    ]
    return max(reached, default=None)


def still_told(share: float, told: float) -> float:
    """Return what stays told after the budget was amended.

    A larger budget falls below its thresholds and may reach them again: then the owner is told again.
    """
    return told if round(told, DIGITS) <= round(share, DIGITS) else 0.0
