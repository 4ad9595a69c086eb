"""What `bench_review` runs inside `odoo shell`, each in a process of its own.

A side is measured and then rolled back, so that both start from the same rows. What
Odoo keeps for the end of a transaction is run before, and counts.
"""

import json
import resource
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from odoo.sql_db import db_connect
from odoo.tools import SQL

from benchmarks.guard import install, require_scratch
from benchmarks.review_limits import STEPS
from benchmarks.review_scheme import scheme_values
from benchmarks.review_sql import statements

WRITTEN = ("customer_grade_assessment", "res_partner", "mail_message")
READ = ("sale_order", "sale_order_line")
EARLIER = timedelta(days=182)
"""From the review applied before to the one that is measured."""


def vacuum(env, tables: list[str]) -> None:
    """Take dead rows out of tables, so that one measurement leaves nothing to the next."""
    env.cr.commit()
    with closing(db_connect(env.cr.dbname).cursor()) as cr:
        cr.rollback()
        cr.connection.autocommit = True  # VACUUM cannot run in a transaction
        for table in tables:
            cr.execute(SQL("VACUUM (ANALYZE) %s", SQL.identifier(table)))
        cr.connection.autocommit = False


def finish_trade(env) -> None:
    """Leave generated trade as a database that has been in use for a while is: vacuumed."""
    vacuum(env, [*READ, "res_partner"])


def prepare(env, origin: str) -> None:
    """Install the addon on generated trade and put the scheme in force."""
    install(env, "customer_grade", origin)


def activate_scheme(env, origin: str) -> None:
    """Put the scheme of the benchmark in force."""
    require_scratch(env, origin)
    grades = {grade.code: grade.id for grade in env["customer.grade"].search([])}
    env["customer.grading.scheme"].create(scheme_values(grades)).action_activate()
    vacuum(env, list(WRITTEN))


def apply_earlier(env, day: str) -> None:
    """Apply a review of half a year before, so that there are grades to change."""
    review = _create_review(env, date.fromisoformat(day) - EARLIER)
    for step in STEPS:
        getattr(review, step)()
        env.cr.commit()
    vacuum(env, list(WRITTEN))


def measure_sql(env, day: str, result: str) -> None:
    """Grade by hand-written SQL, write the measurement to the file ``result``, roll back."""
    review = _create_review(env, date.fromisoformat(day))
    env.flush_all()
    _warm(env)
    seconds = {}
    for name, statement in statements(review.env, review).items():
        started = time.monotonic()
        env.cr.execute(statement)
        seconds[name] = time.monotonic() - started
    _finish(env, review, seconds, result)


def measure_addon(env, day: str, result: str) -> None:
    """Grade by the addon, as a sales manager does; write the measurement, roll back."""
    review = _create_review(env, date.fromisoformat(day))
    env.flush_all()
    _warm(env)
    seconds = {}
    for step in STEPS:
        started = time.monotonic()
        getattr(review, step)()
        env.cr.flush()
        seconds[step] = time.monotonic() - started
    _finish(env, review, seconds, result)


def _create_review(env, day: date):
    """Create a review as the administrator, who has the rights of the sales manager."""
    manager = env(user=env.ref("base.user_admin"), su=False)
    scheme = manager["customer.grading.scheme"].search([("state", "=", "active")])
    return manager["customer.grade.review"].create({"scheme_id": scheme.id, "date": day})


def _warm(env) -> None:
    """Read the tables once: neither side shall pay for the first reading from disk."""
    for table in (*READ, *WRITTEN):
        env.cr.execute(SQL("SELECT COUNT(%(table)s.*) FROM %(table)s", table=SQL.identifier(table)))


def _finish(env, review, seconds: dict[str, float], result: str) -> None:
    """Write seconds, peak memory and the sums of the rows left behind; undo the rows."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    summary = _summarise(env, review)
    env.cr.rollback()
    env.invalidate_all(flush=False)
    Path(result).write_text(json.dumps({"seconds": seconds, "memory": memory, "summary": summary}), encoding="utf-8")
    vacuum(env, list(WRITTEN))


def _summarise(env, review) -> dict:
    """Add up the rows of a review: equal sums on both sides, or the race is not fair."""
    env.cr.execute(SQL("ANALYZE customer_grade_assessment"))
    env.cr.execute(
        SQL(
            """
            SELECT COUNT(*), COUNT(*) FILTER (WHERE state = 'applied' AND is_current AND decision = 'accepted'),
                   SUM(revenue)::text, SUM(order_count), ROUND(AVG(score), 3)::text,
                   COUNT(*) FILTER (WHERE reasons::text LIKE '%%veto%%'),
                   COUNT(*) FILTER (WHERE jsonb_typeof(figures->'growth') = 'number'),
                   ROUND(AVG((points->>'order_count')::numeric), 4)::text
              FROM customer_grade_assessment WHERE review_id = %s
            """,
            review.id,
        )
    )
    keys = ("assessments", "applied", "revenue", "orders", "mean score", "vetoes", "growing", "mean order points")
    summary = dict(zip(keys, env.cr.fetchone(), strict=True))
    env.cr.execute(
        SQL(
            """
            SELECT g.code || ', ' || a.movement, COUNT(*) FROM customer_grade_assessment a
              JOIN customer_grade g ON g.id = a.grade_id
             WHERE a.review_id = %s GROUP BY 1 ORDER BY 1
            """,
            review.id,
        )
    )
    summary |= {f"grade {name}": count for name, count in env.cr.fetchall()}
    company = str(review.company_id.id)
    counts = {
        "partners graded": SQL(
            """SELECT COUNT(*) FROM res_partner p JOIN customer_grade_assessment a
                   ON a.partner_id = p.commercial_partner_id AND a.review_id = %s
                WHERE (p.customer_grade_id->>%s)::int = a.grade_id AND p.customer_grade_since IS NOT NULL""",
            review.id,
            company,
        ),
        "assessments in force": SQL("SELECT COUNT(*) FROM customer_grade_assessment WHERE is_current"),
        "chatter messages": SQL("SELECT COUNT(*) FROM mail_message WHERE model = 'res.partner'"),
    }
    for name, query in counts.items():
        env.cr.execute(query)
        [summary[name]] = env.cr.fetchone()
    return summary
