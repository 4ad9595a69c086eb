"""What is worth saying on the samples of a period, as codes and numbers.

The rule decides what is said and in which order; the words are the caller's, in the reader's language.
"""

from dataclasses import replace

from odoo.addons.sales_department_base.tools.report_sentences import Figures, Sentence, direction, largest_change, moved

COUNTS = ("requested", "made", "approved", "rejected")
"""Figures told as numbers: how many, and how many before."""

SETTLED_SHARES = ("on_time_needed", "on_time_promised", "first_round")
"""Figures told as percent, when they moved by :data:`POINTS` or more."""

SHARES = (*SETTLED_SHARES, "hit_rate")
"""All figures in percent. The hit rate is not told: the period before had more time to win orders."""

COSTS = ("cost", "mould_cost")
"""Figures in money, told when they are not zero."""

POINTS = 0.02
DAYS = 0.5
"""Smallest change of a median, in working days, that is worth a sentence."""


def sentences(now: Figures, before: Figures, stages: Figures, stages_before: Figures) -> list[Sentence]:
    """Return what to say on a period, the most important first.

    :param now: figures of the period: counts, shares (0 to 1), `cycle` (median working
        days), `cost` and `mould_cost` (money); None where there is nothing to measure
    :param before: the same of the period before
    :param stages: median working days of each stage in the period
    :param stages_before: the same of the period before
    """
    if not any(now.get(name) for name in COUNTS):
        return [Sentence("nothing", 0.0, float(before.get("requested") or 0))]
    said = []
    for name in COUNTS:
        value, earlier = now.get(name) or 0, before.get(name) or 0
        if name == "requested" or value or earlier:
            went = direction(value - earlier, 0.5)
            said.append(Sentence(f"{name}_{went}", value, earlier, abs(value - earlier)))
    cycle = moved("cycle", now, before, DAYS)
    if cycle and cycle.before is not None:
        longer = cycle.code == "cycle_up"
        said.append(replace(cycle, detail=largest_change(stages, stages_before, upwards=longer, least=DAYS)))
    elif cycle:
        said.append(cycle)
    elif now.get("cycle") is not None:
        said.append(Sentence("cycle_same", now["cycle"], before.get("cycle")))
    said += filter(None, (moved(name, now, before, POINTS) for name in SETTLED_SHARES))
    said += filter(None, (moved(name, now, before, 0.005) for name in COSTS if now.get(name)))
    return said
