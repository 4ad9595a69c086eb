"""What a customer's answer on a sample means for the round and its open points."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Verdict = Literal["approved", "changes", "rejected"]
Aspect = Literal["style", "properties", "function", "packing", "other"]

#: The aspects a customer judges, in the order of the requirement.
ASPECTS: tuple[str, ...] = get_args(Aspect)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Why an answer cannot be meant: a code, and the aspects concerned."""

    code: Literal["approved_with_changes", "changes_without_any", "change_without_words"]
    aspects: tuple[str, ...] = ()


def proposed_verdict(changes: Mapping[str, bool]) -> Verdict:
    """Return the verdict that follows from the aspects: any change asked for means "changes".

    :param changes: aspect → whether the customer wants it changed
    """
    return "changes" if any(changes.values()) else "approved"


def contradictions(
    verdict: Verdict, changes: Mapping[str, bool], comments: Mapping[str, str], open_points: Iterable[str] = ()
) -> list[Contradiction]:
    """Return what is contradictory in an answer; an empty list when nothing is.

    * an approval that still wants aspects changed, or leaves points open;
    * "changes" without any aspect to change and without any open point;
    * an aspect to change without a word on what is wrong with it.

    :param changes: aspect → whether the customer wants it changed
    :param comments: aspect → what the customer said
    :param open_points: texts of points of earlier rounds that stay open
    """
    found = []
    wanted = tuple(aspect for aspect, change in changes.items() if change)
    still_open = [point for point in open_points if point]
    if verdict == "approved" and (wanted or still_open):
        found.append(Contradiction("approved_with_changes", wanted))
    if verdict == "changes" and not wanted and not still_open:
        found.append(Contradiction("changes_without_any"))
    silent = tuple(aspect for aspect in wanted if not (comments.get(aspect) or "").strip())
    if silent and verdict != "rejected":
        found.append(Contradiction("change_without_words", silent))
    return found


def new_points(changes: Mapping[str, bool], comments: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (aspect, text) of the points that an answer opens, one for each line the customer wrote.

    Several remarks on one aspect are several points: each is solved on its own.
    """
    points: list[tuple[str, str]] = []
    for aspect, change in changes.items():
        if change:
            lines = (line.strip(" \t-•*·") for line in (comments.get(aspect) or "").splitlines())
            points.extend((aspect, line) for line in lines if line)
    return points
