"""What `bench_review` measured, as a table, and the limits it is held to. Plain Python."""

from dataclasses import dataclass

MAX_RATIO = 3.0
"""The addon may take so many times the hand-written SQL that leaves the same rows."""
MAX_GROWTH = 2.2
"""Twice the trade may take so many times as long."""
MAX_MEMORY = 1_000_000_000
"""Bytes of the process that runs the review, Odoo itself included."""

BINDING_ORDERS = 1_000_000
"""With less trade the fixed costs of a request outweigh: ratios are shown, not judged."""

STEPS = ("action_compute", "action_accept_all", "action_decide", "action_apply")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one side on one database.

    :param seconds: of each step; the hand-written SQL has steps of its own
    :param memory: peak of the process, in bytes
    :param summary: what the rows left behind add up to, the same for both sides
    """

    seconds: dict[str, float]
    memory: int
    summary: dict

    @property
    def total(self) -> float:
        """Seconds of all steps."""
        return sum(self.seconds.values())


@dataclass(frozen=True, slots=True)
class Case:
    """Both sides on one database, in one situation.

    :param name: which review, as shown in the table
    :param orders: in the database
    :param rounds: ``(hand-written SQL, addon)``, run one after the other
    """

    name: str
    orders: int
    rounds: list[tuple[Run, Run]]

    @property
    def sql(self) -> Run:
        """The fastest run of the hand-written SQL."""
        return min((sql for sql, _addon in self.rounds), key=lambda run: run.total)

    @property
    def addon(self) -> Run:
        """The fastest run of the addon."""
        return min((addon for _sql, addon in self.rounds), key=lambda run: run.total)

    @property
    def ratio(self) -> float:
        """Time of the addon in times of the SQL."""
        return self.addon.total / self.sql.total

    @property
    def memory(self) -> int:
        """Largest peak of the addon, in bytes."""
        return max(addon.memory for _sql, addon in self.rounds)


def growth(half: Case, full: Case) -> float:
    """Return how many times as long the addon takes on ``full`` as on ``half``."""
    return full.addon.total / half.addon.total


def is_binding(cases: list[tuple[Case, Case]]) -> bool:
    """Tell whether there was enough trade to judge times."""
    return all(full.orders >= BINDING_ORDERS for _half, full in cases)


def broken_limits(cases: list[tuple[Case, Case]]) -> list[str]:
    """Say in one line each which limits do not hold, and where both sides disagree.

    :param cases: ``(on half the trade, on all of it)`` for each kind of review
    """
    found = [f"{_where(case)}: {text}" for pair in cases for case in pair for text in _disagreements(case)]
    if not is_binding(cases):
        return found
    for half, full in cases:
        for case in (half, full):
            if case.ratio > MAX_RATIO:
                found.append(f"{_where(case)}: {case.ratio:.2f} times the hand-written SQL, the limit is {MAX_RATIO:g}")
            if case.memory >= MAX_MEMORY:
                found.append(f"{_where(case)}: {case.memory / 1e6:,.0f} MB, the limit is {MAX_MEMORY / 1e6:,.0f}")
        times = growth(half, full)
        if times > MAX_GROWTH:
            found.append(f"{full.name}: {times:.2f} times as long on twice the trade, the limit is {MAX_GROWTH:g}")
    return found


def _where(case: Case) -> str:
    return f"{case.name}, {case.orders:,} orders"


def _disagreements(case: Case) -> list[str]:
    """Say where the rows of both sides are not the same; a faster wrong result is none."""
    wanted = case.rounds[0][0].summary
    found = []
    for number, (sql, addon) in enumerate(case.rounds, 1):
        for side, run in (("the SQL", sql), ("the addon", addon)):
            keys = sorted(wanted.keys() | run.summary.keys())
            found += [
                f"{key} is {run.summary.get(key)} after {side} of round {number}, not {wanted.get(key)}"
                for key in keys
                if run.summary.get(key) != wanted.get(key)
            ]
    return found


def table(cases: list[tuple[Case, Case]]) -> str:
    """Return the figures as a Markdown table, fastest run of each side."""
    heads = ["review", "orders", "customers", "SQL s", "addon s", "compute", "accept", "decide", "apply", "ratio", "MB"]
    rows = [heads, ["---"] + ["---:"] * (len(heads) - 1)]
    for pair in cases:
        for case in pair:
            steps = [f"{case.addon.seconds[step]:.1f}" for step in STEPS]
            rows.append([
                case.name,
                f"{case.orders:,}",
                f"{case.addon.summary['assessments']:,}",
                f"{case.sql.total:.1f}",
                f"{case.addon.total:.1f}",
                *steps,
                f"{case.ratio:.2f}",
                f"{case.memory / 1e6:,.0f}",
            ])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines += [f"{full.name}: twice the trade takes {growth(half, full):.2f} times as long" for half, full in cases]
    return "\n".join(lines)
