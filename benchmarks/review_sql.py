"""A grade review in hand-written SQL: what `bench_review` compares the addon with.

The same aggregates, the same points and grades, the same rows in the same tables, as
someone would write it who knows this one scheme, this one company with one currency,
and needs no explanation of a veto, no override, no prospect and no refusal. It reads
the orders once and writes each row once. Runs inside `odoo shell`.
"""

from odoo.tools import SQL

from benchmarks import review_scheme as scheme

GRADING = """
    WITH returned AS (
        SELECT s.order_id,
               SUM(s.price_subtotal * LEAST(c.credited, GREATEST(s.product_uom_qty - s.qty_invoiced, 0))
                   / s.product_uom_qty) AS amount,
               SUM(s.margin * LEAST(c.credited, GREATEST(s.product_uom_qty - s.qty_invoiced, 0))
                   / s.product_uom_qty) AS margin
          FROM (SELECT x.order_line_id, SUM(l.quantity) AS credited
                  FROM account_move m
                  JOIN account_move_line l ON l.move_id = m.id
                  JOIN sale_order_line_invoice_rel x ON x.invoice_line_id = l.id
                 WHERE m.company_id = %(company)s AND m.move_type = 'out_refund' AND m.state = 'posted'
                   AND m.invoice_date <= %(as_of)s
              GROUP BY x.order_line_id) c
          JOIN sale_order_line s ON s.id = c.order_line_id AND s.product_uom_qty > 0
      GROUP BY s.order_id
    ),
    figure AS (
        SELECT p.commercial_partner_id AS partner_id,
               COALESCE(SUM(o.amount_untaxed - COALESCE(r.amount, 0))
                   FILTER (WHERE o.date_order >= %(start)s), 0) AS revenue,
               COALESCE(SUM(o.amount_untaxed - COALESCE(r.amount, 0))
                   FILTER (WHERE o.date_order >= %(before)s AND o.date_order < %(start)s), 0) AS revenue_before,
               COALESCE(SUM(o.margin - COALESCE(r.margin, 0))
                   FILTER (WHERE o.date_order >= %(start)s), 0) AS margin,
               COUNT(*) FILTER (WHERE o.date_order >= %(start)s AND o.amount_untaxed > 0) AS order_count,
               %(as_of)s - MAX(o.date_order) FILTER (WHERE o.amount_untaxed > 0)::date AS recency
          FROM sale_order o
          JOIN res_partner p ON p.id = o.partner_id
     LEFT JOIN returned r ON r.order_id = o.id
         WHERE o.company_id = %(company)s AND o.state = 'sale' AND o.date_order < %(stop)s
      GROUP BY p.commercial_partner_id
    ),
    measured AS MATERIALIZED (
        SELECT f.*, p.user_id, (p.customer_grade_id->>%(key)s)::int AS previous,
               CASE WHEN f.revenue_before > 0
                    THEN 100.0 * (f.revenue - f.revenue_before) / f.revenue_before END AS growth,
               COUNT(*) OVER () AS everyone,
               RANK() OVER (ORDER BY f.order_count) AS place,
               COUNT(*) OVER (PARTITION BY f.order_count) AS tied,
               SUM(GREATEST(f.revenue, 0)) OVER () AS total,
               SUM(f.revenue) FILTER (WHERE f.revenue > 0)
                   OVER (ORDER BY f.revenue DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS sold_before
          FROM figure f
          JOIN res_partner p ON p.id = f.partner_id AND p.active
    ),
    pointed AS MATERIALIZED (
        SELECT m.*,
               CASE WHEN m.revenue <= 0 THEN 0
                    ELSE %(pareto)s END AS revenue_points,
               ROUND(100.0 * (m.place - 1 + (m.tied - 1) / 2.0) / NULLIF(m.everyone - 1, 0), 4) AS order_points,
               %(margin_bands)s AS margin_points,
               CASE WHEN m.growth IS NULL THEN %(missing_growth)s ELSE %(growth_bands)s END AS growth_points,
               CASE WHEN m.recency IS NULL THEN 0 ELSE %(recency_bands)s END AS recency_points
          FROM measured m
    ),
    scored AS MATERIALIZED (
        SELECT *,
               (revenue_points * %(revenue_weight)s + order_points * %(order_weight)s
                + margin_points * %(margin_weight)s + growth_points * %(growth_weight)s
                + recency_points * %(recency_weight)s) / %(all_weights)s AS score
          FROM pointed
    ),
    graded AS MATERIALIZED (
        SELECT *, %(grade_of_score)s AS by_score,
               recency > %(veto_limit)s AND %(better_than_cap)s AS is_capped
          FROM scored
    ),
    decided AS (
        SELECT *, CASE WHEN is_capped THEN %(cap)s ELSE by_score END AS grade FROM graded
    )
    INSERT INTO customer_grade_assessment (
           review_id, kind, origin, company_id, scheme_id, date, state, is_current,
           create_uid, create_date, write_uid, write_date,
           partner_id, user_id, revenue, order_count, score,
           figures, points, reasons, streak, is_incomplete,
           previous_grade_id, by_score_grade_id, proposed_grade_id, grade_id,
           movement, decision, decided_by_id, decided_on)
    SELECT %(review)s, 'customer', 'review', %(company)s, %(scheme)s, %(as_of)s, 'applied', TRUE,
           %(uid)s, %(now)s, %(uid)s, %(now)s,
           partner_id, user_id, ROUND(revenue, 2), order_count, ROUND(score, 2),
           jsonb_strip_nulls(jsonb_build_object(
               'revenue', revenue, 'order_count', order_count, 'margin', margin,
               'growth', growth, 'recency', recency)),
           jsonb_build_object(
               'revenue', revenue_points, 'order_count', order_points, 'margin', margin_points,
               'growth', growth_points, 'recency', recency_points),
           CASE WHEN is_capped THEN jsonb_build_array(jsonb_build_object(
               'code', 'veto', 'metric', 'recency', 'operator', '>', 'figure', recency,
               'limit', %(veto_limit)s, 'from', by_score, 'to', grade)) ELSE '[]' END,
           0, FALSE, previous, by_score, grade, grade,
           CASE WHEN previous = grade THEN 'same' WHEN previous IS NULL THEN 'new'
                WHEN array_position(%(ranked)s, grade) < array_position(%(ranked)s, previous)
                THEN 'up' ELSE 'down' END,
           'accepted', %(uid)s, %(now)s
      FROM decided
"""

FLAGS = """
    UPDATE customer_grade_assessment SET is_current = FALSE WHERE company_id = %(company)s AND is_current IS TRUE
"""

PARTNERS = """
    UPDATE res_partner p
       SET customer_grade_id = COALESCE(p.customer_grade_id, '{}') || jsonb_build_object(%(key)s, a.grade_id),
           customer_grade_score = COALESCE(p.customer_grade_score, '{}') || jsonb_build_object(%(key)s, a.score),
           customer_grade_since = CASE WHEN a.previous_grade_id = a.grade_id THEN p.customer_grade_since
               ELSE COALESCE(p.customer_grade_since, '{}') || jsonb_build_object(%(key)s, a.date::text) END,
           write_uid = %(uid)s, write_date = %(now)s
      FROM customer_grade_assessment a
     WHERE a.review_id = %(review)s AND p.commercial_partner_id = a.partner_id
"""

MESSAGES = """
    INSERT INTO mail_message (
           author_id, email_from, reply_to, model, res_id, message_id, message_type, subtype_id, is_internal,
           email_add_signature, body, date, create_uid, create_date, write_uid, write_date)
    SELECT %(author)s, %(email)s, %(email)s, 'res.partner', a.partner_id,
           '<' || a.partner_id || '.bench-openerp-message-notify@localhost>', 'notification', %(note)s, TRUE,
           FALSE, 'Grade review Benchmark<ul><li>' || COALESCE(b.name->>'en_US', 'none') || ' → <b>'
               || (g.name->>'en_US') || '</b> (Customer Grade)</li></ul>',
           %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM customer_grade_assessment a
      JOIN customer_grade g ON g.id = a.grade_id
 LEFT JOIN customer_grade b ON b.id = a.previous_grade_id
     WHERE a.review_id = %(review)s AND a.previous_grade_id IS DISTINCT FROM a.grade_id
"""


def statements(env, review) -> dict[str, SQL]:
    """Return the statements that grade as ``review`` does, by what they do, in their order.

    `review` is new: its rows are what the statements write.
    """
    window = review._get_window()
    ranked = [threshold.grade_id.id for threshold in review.scheme_id.threshold_ids.sorted(lambda t: -t.minimum)]
    grade = dict(zip((code for code, _minimum in scheme.THRESHOLDS), ranked, strict=True))
    metric, _operator, limit, cap = scheme.VETO
    author = env.user.partner_id
    values = {
        "review": review.id,
        "scheme": review.scheme_id.id,
        "company": window.company_id,
        "key": str(window.company_id),
        "as_of": window.as_of,
        "start": window.start_utc,
        "before": window.previous_start_utc,
        "stop": window.stop_utc,
        "uid": env.uid,
        "now": env.cr.now(),
        "pareto": _pareto(),
        "missing_growth": scheme.MISSING_GROWTH,
        "margin_bands": _bands(SQL("m.margin"), scheme.MARGIN),
        "growth_bands": _bands(SQL("m.growth"), scheme.GROWTH),
        "recency_bands": _bands(SQL("m.%s", SQL.identifier(metric)), scheme.RECENCY),
        "revenue_weight": scheme.WEIGHTS["revenue"],
        "order_weight": scheme.WEIGHTS["order_count"],
        "margin_weight": scheme.WEIGHTS["margin"],
        "growth_weight": scheme.WEIGHTS["growth"],
        "recency_weight": scheme.WEIGHTS["recency"],
        "all_weights": float(sum(scheme.WEIGHTS.values())),
        "grade_of_score": _bands(
            SQL("ROUND(score::numeric, 6)"),
            tuple((minimum or None, grade[code]) for code, minimum in reversed(scheme.THRESHOLDS)),
        ),
        "veto_limit": limit,
        "cap": grade[cap],
        "ranked": ranked,
        "better_than_cap": SQL("ROUND(score::numeric, 6) >= %s", _minimum_above(cap)),
        "author": author.id,
        "email": author.email_formatted,
        "note": env.ref("mail.mt_note").id,
    }
    texts = {"flags": FLAGS, "grading": GRADING, "partners": PARTNERS, "messages": MESSAGES}
    return {name: SQL(text, **values) for name, text in texts.items()}


def _minimum_above(code: str) -> float:
    """Return the score from which a grade is better than the named one."""
    codes = [known for known, _minimum in scheme.THRESHOLDS]
    return scheme.THRESHOLDS[codes.index(code) - 1][1]


def _pareto() -> SQL:
    """Return the points of the share sold by better customers."""
    cases = [
        SQL("WHEN COALESCE(m.sold_before, 0) * 100.0 < m.total * %s THEN %s", share, points)
        for share, points in scheme.PARETO
    ]
    return SQL("CASE %s ELSE 0 END", SQL(" ").join(cases))


def _bands(figure: SQL, steps: tuple) -> SQL:
    """Return the CASE that looks a figure up in steps of ``(lower or None, value)``, ascending."""
    cases = [SQL("WHEN %s >= %s THEN %s", figure, lower, value) for lower, value in reversed(steps[1:])]
    return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), steps[0][1])
