from collections.abc import Mapping
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..tools import decision, scoring
from ..tools.assessment import movement
from .customer_graded_mixin import GRADE_FIELDS

Change = tuple[int, int | None, int | None]
"""A record's id, and the ids of its grades before and after."""


class CustomerGradeAssessment(models.Model):
    """One customer's grade at one date: figures, proposal, decision.

    While the review runs it is a proposal; applied, it is the history of the customer.
    Nobody writes it directly, whatever the role: access rights give reading only, and
    the methods below check who acts and then write as superuser.
    """

    _name = "customer.grade.assessment"
    _description = "Customer Grade Assessment"
    _inherit = ["sales.department.closed.mixin"]
    _order = "date desc, revenue desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["partner_id", "lead_id"]

    review_id = fields.Many2one("customer.grade.review", readonly=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [("customer", "Customer"), ("prospect", "Prospect")], required=True, readonly=True, default="customer"
    )
    origin = fields.Selection(
        [
            ("review", "Review"),
            ("manual", "Set or Imported"),
            ("expiry", "Override Expired"),
            ("lead", "Taken over from the Lead"),
        ],
        required=True,
        readonly=True,
        default="review",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    scheme_id = fields.Many2one("customer.grading.scheme", readonly=True, index="btree_not_null", ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index=True, ondelete="cascade")
    lead_id = fields.Many2one(
        "crm.lead",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Lead or opportunity graded as a prospect",
    )
    merged_from = fields.Char(
        readonly=True, help="The grade was given to this contact or lead, which was merged into the present one"
    )
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, help="At the time of the assessment")
    date = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        [("proposed", "Proposed"), ("applied", "Applied")], required=True, readonly=True, default="proposed"
    )
    is_current = fields.Boolean("Valid Now", readonly=True)
    revenue = fields.Monetary(readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    score = fields.Float(readonly=True, digits=(16, 1), aggregator="avg")
    figures = fields.Json(readonly=True)
    points = fields.Json(readonly=True)
    reasons = fields.Json(readonly=True)
    streak = fields.Integer(
        readonly=True, help="Reviews in a row whose score asked for a better (+) or worse (−) grade"
    )
    is_incomplete = fields.Boolean("Incomplete Figures", readonly=True)
    # Not indexed: among a handful of grades an index finds nothing faster, and every review would fill it.
    previous_grade_id = fields.Many2one("customer.grade", "Grade Before", readonly=True, ondelete="restrict")
    by_score_grade_id = fields.Many2one("customer.grade", "Grade by Score", readonly=True, ondelete="restrict")
    proposed_grade_id = fields.Many2one("customer.grade", readonly=True, ondelete="restrict")
    grade_id = fields.Many2one("customer.grade", readonly=True, ondelete="restrict")
    previous_grade_color = fields.Integer("Colour of Grade Before", related="previous_grade_id.color")
    proposed_grade_color = fields.Integer("Colour of Proposed Grade", related="proposed_grade_id.color")
    grade_color = fields.Integer("Colour of Grade", related="grade_id.color")
    movement = fields.Selection(
        [("new", "New"), ("up", "Better"), ("same", "Unchanged"), ("down", "Worse")],
        compute="_compute_movement",
        store=True,
    )
    decision = fields.Selection(
        [("pending", "To Decide"), ("accepted", "Accepted"), ("kept", "Kept"), ("overridden", "Overridden")],
        required=True,
        readonly=True,
        default="pending",
    )
    reason = fields.Char(readonly=True)
    override_until = fields.Date(
        readonly=True, help="Last day of the overridden grade; afterwards the computed grade returns"
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Datetime(readonly=True)
    # In words
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)
    missing = fields.Text("Missing to the Next Grade", compute="_compute_missing")
    reasons_text = fields.Text("Remarks", compute="_compute_reasons_text")

    _partner_or_lead = models.Constraint(
        "CHECK((partner_id IS NULL) <> (lead_id IS NULL))", "A grade belongs either to a customer or to a lead."
    )
    _one_current = models.UniqueIndex(
        "(partner_id, company_id) WHERE is_current IS TRUE", "A customer has one grade at a time."
    )
    _one_current_lead = models.UniqueIndex(
        "(lead_id) WHERE is_current IS TRUE AND lead_id IS NOT NULL", "A lead has one grade at a time."
    )
    _once_a_review = models.UniqueIndex(
        "(review_id, partner_id) WHERE review_id IS NOT NULL AND merged_from IS NULL",
        "A review assesses each customer once.",
    )
    _lead_once_a_review = models.UniqueIndex(
        "(review_id, lead_id) WHERE review_id IS NOT NULL AND lead_id IS NOT NULL AND merged_from IS NULL",
        "A review assesses each lead once.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("partner_id.display_name", "lead_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for assessment in self:
            assessment.display_name = assessment.partner_id.display_name or assessment.lead_id.name

    @api.depends("previous_grade_id", "grade_id")
    def _compute_movement(self):
        rank = self.env["customer.grade"]._get_ranks()
        for assessment in self:
            before, after = assessment.previous_grade_id.id or None, assessment.grade_id.id or None
            assessment.movement = movement(before, after, rank)

    @api.depends_context("lang")
    @api.depends("points", "figures", "reasons", "grade_id", "decision", "reason")
    def _compute_explanation(self):
        for assessment in self:
            assessment.explanation = self.env["ir.qweb"]._render(
                "customer_grade.assessment_explanation", assessment._get_explanation_values()
            )

    @api.depends_context("lang")
    @api.depends("points", "figures", "reasons")
    def _compute_missing(self):
        for assessment in self:
            assessment.missing = "\n".join(assessment._missing_sentences()) or False

    @api.depends_context("lang")
    @api.depends("reasons")
    def _compute_reasons_text(self):
        for assessment in self:
            assessment.reasons_text = (
                "\n".join(assessment._reason_sentence(reason) for reason in assessment.reasons or ()) or False
            )

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def _get_settled(self):
        return self.filtered(lambda assessment: assessment.state == "applied")

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def action_accept(self) -> bool:
        """Take the proposed grade.

        :raise UserError: no grade could be proposed, or the review is not open for decisions
        """
        assessments = self._open_for_decision()
        blocked = assessments.filtered(lambda assessment: not assessment.proposed_grade_id)
        if blocked:
            raise UserError(
                self.env._(
                    "No grade could be proposed for %s: keep or override it.",
                    ", ".join(blocked[:10].mapped("display_name")),
                )
            )
        for grade, group in assessments.grouped("proposed_grade_id").items():
            group._decide("accepted", grade)
        return True

    def action_keep(self) -> bool:
        """Let the customers keep the grade they have."""
        for grade, group in self._open_for_decision().grouped("previous_grade_id").items():
            group._decide("kept", grade)
        return True

    def action_override_wizard(self) -> dict:
        """Open the dialog that asks for another grade and its reason."""
        action = self.env["ir.actions.actions"]._for_xml_id("customer_grade.customer_grade_override_action")
        return dict(action, context={"default_assessment_ids": self.ids, "default_company_id": self.company_id[:1].id})

    def _override(self, grade, reason: str, until=None) -> None:
        """Give another grade than proposed.

        :param grade: the grade to give
        :param reason: why, required
        :param until: last day of the overridden grade, or None
        :raise UserError: reason missing, date passed, or grade of another company
        """
        assessments = self._open_for_decision()
        if not (reason or "").strip():
            raise UserError(self.env._("An override needs a reason."))
        if grade.company_id and grade.company_id != assessments.company_id:
            raise UserError(
                self.env._("Grade %(grade)s belongs to %(company)s.", grade=grade.name, company=grade.company_id.name)
            )
        if until and until < max(assessments.mapped("date")):
            raise UserError(self.env._("The override ends before the day of the review. Choose a later day or none."))
        assessments._decide("overridden", grade, reason=reason.strip(), override_until=until or False)

    def _decide(self, decision: str, grade, reason=False, override_until=False) -> None:
        """Write one decision for all of self, who and when included."""
        self.sudo().write({  # sudo: nobody has write access, _open_for_decision checked the right
            "decision": decision,
            "grade_id": grade.id,
            "reason": reason,
            "override_until": override_until,
            "decided_by_id": self.env.uid,
            "decided_on": fields.Datetime.now(),
        })

    def _open_for_decision(self):
        """Return self when this user may decide these assessments now.

        :raise AccessError: the user may not decide
        :raise UserError: nothing is chosen, or a review is not open for decisions
        """
        if not self:
            raise UserError(self.env._("Choose at least one customer."))
        self.check_access("read")
        self.review_id._lock_for_decisions()
        if any(not assessment.review_id for assessment in self):
            raise UserError(self.env._("Grades that were set or imported are history: decide in a review."))
        return self

    # ------------------------------------------------------------------
    # Applying: the one place that writes the grade of partners and leads, in bulk
    # ------------------------------------------------------------------

    def _accept_pending(self, reviews) -> None:
        """Accept the proposals of reviews that are still to decide, in one statement."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_grade_assessment
                   SET decision = 'accepted', decided_by_id = %s, decided_on = %s, %s
                 WHERE review_id = ANY(%s) AND decision = 'pending' AND proposed_grade_id IS NOT NULL
                """,
                self.env.uid,
                self.env.cr.now(),
                self._sql_written(),
                reviews.ids,
            )
        )
        self.env.invalidate_all(flush=False)

    @api.model
    def _apply(self, company, condition: SQL, note: str) -> None:
        """Make proposed assessments the valid grades of customers and leads, set-based.

        :param company: whose grades these are
        :param condition: SQL over the table alias ``a`` that picks proposed assessments of this
            company, at most one of each customer or lead
        :param note: where the change comes from, for the chatters
        """
        self.env.flush_all()
        proposed = SQL("a.company_id = %s AND a.state = 'proposed' AND %s", company.id, condition)
        leads = self._apply_to_leads(proposed)
        customers = self._apply_to_customers(company, proposed)
        self._mark_as_applied(proposed)
        self.env.invalidate_all(flush=False)
        self.env["crm.lead"].browse(row[0] for row in leads).modified(GRADE_FIELDS)
        self.env["res.partner"].browse(row[0] for row in customers).modified(GRADE_FIELDS)
        self._after_apply(company, leads, customers, note)

    @api.model
    def _after_apply(self, company, leads: list[Change], customers: list[Change], note: str) -> None:
        """What follows grades that became valid, in this order. Other addons add to it with ``super()``.

        :param leads: the leads whose grade changed
        :param customers: the customers whose grade changed
        """
        self.env["crm.lead"]._log_grade_change(leads, note)
        self.env["res.partner"].with_company(company)._log_grade_change(customers, note)

    @api.model
    def _apply_to_leads(self, proposed: SQL) -> list[Change]:
        """Write the proposed grades on their leads, and return the changes.

        :param proposed: SQL over the table alias ``a``
        """
        proposed = SQL("a.lead_id IS NOT NULL AND %s", proposed)
        [[any_lead]] = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT FROM customer_grade_assessment a WHERE %s)", proposed)
        )
        if not any_lead:
            return []
        changes = self.env.execute_query(
            SQL(
                """
                SELECT a.lead_id, l.customer_grade_id, a.grade_id
                  FROM customer_grade_assessment a JOIN crm_lead l ON l.id = a.lead_id
                 WHERE %s AND l.customer_grade_id IS DISTINCT FROM a.grade_id
                """,
                proposed,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead l
                   SET customer_grade_id = a.grade_id,
                       customer_grade_score = CASE WHEN a.grade_id IS NOT NULL THEN a.score END,
                       customer_grade_since = CASE WHEN a.grade_id IS NULL THEN NULL
                           WHEN l.customer_grade_id = a.grade_id THEN l.customer_grade_since ELSE a.date END,
                       %s
                  FROM customer_grade_assessment a
                 WHERE %s AND l.id = a.lead_id
                """,
                self._sql_written(),
                proposed,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_grade_assessment h SET is_current = FALSE
                  FROM customer_grade_assessment a
                 WHERE %s AND h.lead_id = a.lead_id AND h.is_current IS TRUE
                """,
                proposed,
            )
        )
        return changes

    @api.model
    def _apply_to_customers(self, company, proposed: SQL) -> list[Change]:
        """Write the proposed grades on the commercial partners and all their contacts, and return the changes."""
        key = str(company.id)
        changes = self.env.execute_query(
            SQL(
                """
                SELECT a.partner_id, (p.customer_grade_id->>%(key)s)::int, a.grade_id
                  FROM customer_grade_assessment a JOIN res_partner p ON p.id = a.partner_id
                 WHERE %(proposed)s AND (p.customer_grade_id->>%(key)s)::int IS DISTINCT FROM a.grade_id
                """,
                key=key,
                proposed=proposed,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner p
                   SET customer_grade_id = CASE WHEN a.grade_id IS NULL THEN p.customer_grade_id - %(key)s
                           ELSE COALESCE(p.customer_grade_id, '{}') || jsonb_build_object(%(key)s, a.grade_id) END,
                       customer_grade_score = CASE WHEN a.grade_id IS NULL THEN p.customer_grade_score - %(key)s
                           ELSE COALESCE(p.customer_grade_score, '{}') || jsonb_build_object(%(key)s, a.score) END,
                       customer_grade_since = CASE
                           WHEN a.grade_id IS NULL THEN p.customer_grade_since - %(key)s
                           WHEN (p.customer_grade_id->>%(key)s)::int = a.grade_id THEN p.customer_grade_since
                           ELSE COALESCE(p.customer_grade_since, '{}') || jsonb_build_object(%(key)s, a.date::text)
                       END,
                       %(written)s
                  FROM customer_grade_assessment a
                 WHERE %(proposed)s AND p.commercial_partner_id = a.partner_id
                """,
                key=key,
                proposed=proposed,
                written=self._sql_written(),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_grade_assessment h SET is_current = FALSE
                  FROM customer_grade_assessment a
                 WHERE %s AND h.partner_id = a.partner_id AND h.company_id = a.company_id AND h.is_current IS TRUE
                """,
                proposed,
            )
        )
        return changes

    @api.model
    def _mark_as_applied(self, proposed: SQL) -> None:
        self.env.cr.execute(
            SQL(
                "UPDATE customer_grade_assessment a SET state = 'applied', is_current = TRUE, %s WHERE %s",
                self._sql_written(),
                proposed,
            )
        )

    @api.model
    def _sql_written(self) -> SQL:
        """Return who writes, and when, for the SET of an UPDATE."""
        return SQL("write_uid = %s, write_date = %s", self.env.uid, self.env.cr.now())

    # ------------------------------------------------------------------
    # Handing grades of leads on to their partners
    # ------------------------------------------------------------------

    @api.model
    def _hand_on_to_partners(self, leads) -> None:
        """Give the grade of leads to their partners that have none yet.

        The grade goes to the commercial partner, in the company that graded the lead.
        Of several leads of one partner the best grade counts. A partner that has a grade
        of its own keeps it.

        :param leads: leads that are linked to a partner
        """
        graded = leads.filtered(lambda lead: lead.customer_grade_id and lead.partner_id)
        current = self.search([("lead_id", "in", graded.ids), ("is_current", "=", True)])
        for company, group in current.grouped("company_id").items():
            best: dict = {}
            for assessment in group.sorted(lambda assessment: assessment._get_grade_place()):
                best.setdefault(assessment.lead_id.partner_id.commercial_partner_id, assessment)
            handed_on = self.create([
                assessment._prepare_handed_on(partner)
                for partner, assessment in best.items()
                if not partner.with_company(company).customer_grade_id
            ])
            if handed_on:
                handed_on._apply_self(self.env._("Grade taken over from the lead"))

    def _get_grade_place(self) -> tuple:
        """Return the place of the grade, best first; unrated comes last."""
        grade = self.grade_id
        return (not grade, grade.is_unrated, grade.sequence, grade.id)

    def _prepare_handed_on(self, partner) -> dict:
        """Return the values of the assessment that gives a partner the grade of this lead."""
        return {
            **self._prepare_evidence(),
            "kind": "prospect",
            "origin": "lead",
            "partner_id": partner.id,
            "user_id": partner.user_id.id or self.lead_id.user_id.id,
            "grade_id": self.grade_id.id,
            "reason": self.env._("Lead: %s", self.lead_id.name),
            "decided_by_id": self.env.uid,
            "decided_on": fields.Datetime.now(),
        }

    def _prepare_evidence(self) -> dict:
        """Return what a new assessment of today takes over from this one: where the grade comes from."""
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "scheme_id": self.scheme_id.id,
            "date": self.company_id._sales_today(),
            "revenue": self.revenue,
            "score": self.score,
            "figures": self.figures,
            "points": self.points,
            "reasons": self.reasons,
            "by_score_grade_id": self.by_score_grade_id.id,
            "proposed_grade_id": self.proposed_grade_id.id,
            "decision": "accepted",
        }

    def _apply_self(self, note: str) -> None:
        """Make these proposed assessments, all of one company, the valid grades."""
        self._apply(self.company_id, SQL("a.id = ANY(%s)", self.ids), note)

    # ------------------------------------------------------------------
    # Overrides that end
    # ------------------------------------------------------------------

    @api.model
    def _cron_expire_overrides(self) -> None:
        """Give back the computed grade where an override has ended."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            ended = self.search([
                ("is_current", "=", True),
                ("company_id", "=", company.id),
                ("proposed_grade_id", "!=", False),
                # Overridden, or kept by the reviews since.
                ("override_until", "<", company._sales_today()),
            ])
            ended.with_company(company)._end_override()

    def _end_override(self) -> None:
        """Add an assessment that returns to the computed grade, and apply it."""
        returned = self.create([
            {
                **old._prepare_evidence(),
                "origin": "expiry",
                "kind": old.kind,
                "partner_id": old.partner_id.id,
                "lead_id": old.lead_id.id,
                "user_id": (old.partner_id or old.lead_id).user_id.id,
                "order_count": old.order_count,
                "streak": old.streak,
                "previous_grade_id": old.grade_id.id,
                "grade_id": old.proposed_grade_id.id,
                "reason": self.env._("The override ended on %s", old.override_until),
            }
            for old in self
            if old.proposed_grade_id
        ])
        if returned:
            returned._apply_self(self.env._("Override expired: the computed grade returns"))

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _get_explanation_values(self) -> dict[str, Any]:
        """Return the values of the explanation template."""
        self.ensure_one()
        Metric = self.env["customer.grade.metric"]
        points, figures = self.points or {}, self.figures or {}
        # The scheme is readable for everyone who may read the assessment.
        criteria = self.scheme_id.criterion_ids if points else self.scheme_id.criterion_ids.browse()
        total = sum(criteria.mapped("weight")) or 1.0
        rows = []
        for criterion in criteria:
            earned = points.get(criterion.metric, 0.0)
            rows.append({
                "name": criterion.display_name,
                "figure": Metric._format_figure(criterion.metric, figures.get(criterion.metric), self.currency_id),
                "rule": criterion.summary,
                "points": earned,
                "weight": f"{100.0 * criterion.weight / total:.0f}%",
                "contribution": earned * criterion.weight / total,
            })
        return {
            "assessment": self,
            "rows": rows,
            "thresholds": self.scheme_id.threshold_ids.sorted(lambda threshold: -threshold.minimum) if rows else (),
            "reasons": [self._reason_sentence(reason) for reason in self.reasons or ()],
            "missing": self._missing_sentences(),
            "decision": self._decision_sentence(),
        }

    def _decision_sentence(self) -> str:
        """Say who decided what, and why."""
        if self.decision == "pending" or not (self.decided_by_id or self.reason):
            return ""
        sentence = self.env._(
            "%(decision)s by %(user)s on %(day)s.",
            decision=dict(self._fields["decision"]._description_selection(self.env))[self.decision],
            user=self.decided_by_id.name or self.env._("the system"),
            day=format_date(self.env, self.decided_on or self.date),
        )
        if self.reason:
            sentence += " " + self.env._("Reason: %s", self.reason)
        if self.override_until:
            sentence += " " + self.env._("Valid until %s.", format_date(self.env, self.override_until))
        return sentence

    def _reason_sentence(self, reason: Mapping[str, Any]) -> str:
        """Say one reason why the grade is not simply that of the score."""
        match reason.get("code"):
            case "history":
                return self._history_sentence(reason)
            case "held":
                return self._held_sentence(reason)
            case "in_a_row":
                return self.env._(
                    "The grade changes within the margin: %s reviews in a row have asked for it.", reason["reviews"]
                )
            case "veto":
                Metric = self.env["customer.grade.metric"]
                return self.env._(
                    "%(metric)s is %(figure)s (limit %(limit)s): at best grade %(grade)s.",
                    metric=self._metric_label(reason["metric"]),
                    figure=Metric._format_figure(reason["metric"], reason["figure"], self.currency_id),
                    limit=Metric._format_figure(reason["metric"], reason["limit"], self.currency_id),
                    grade=self._grade_name(reason["to"]),
                )
            case "no_rate":
                return self.env._(
                    "No grade can be proposed: there are orders in %(currencies)s, for which %(company)s has no exchange "
                    "rate. Add a rate, then compute the review again.",
                    currencies=", ".join(self.env["res.currency"].browse(reason["currencies"]).mapped("name")),
                    company=self.company_id.name,
                )
        return ""

    def _history_sentence(self, reason: Mapping[str, Any]) -> str:
        months = reason["months"]
        if self.kind == "prospect":  # who has no orders yet
            return self.env._(
                "Too little history: the prospect has been known for %(months)s months (%(minimum_months)s needed).",
                months=0 if months is None else months,
                minimum_months=reason["minimum_months"],
            )
        return self.env._(
            "Too little history: %(months)s months since the first order (%(minimum_months)s needed), %(orders)s orders "
            "(%(minimum_orders)s needed).",
            months=0 if months is None else months,
            minimum_months=reason["minimum_months"],
            orders=reason["orders"],
            minimum_orders=reason["minimum_orders"],
        )

    def _held_sentence(self, reason: Mapping[str, Any]) -> str:
        grade = self._grade_name(reason["by_score"])
        if reason["reviews_needed"]:
            return self.env._(
                "The score alone would give grade %(grade)s. The present grade is kept until the score is %(margin)g points "
                "past the threshold, or %(needed)s reviews in a row ask for the change (now %(reviews)s).",
                grade=grade,
                margin=reason["margin"],
                needed=reason["reviews_needed"],
                reviews=reason["reviews"],
            )
        return self.env._(
            "The score alone would give grade %(grade)s. The present grade is kept until the score is %(margin)g points past "
            "the threshold.",
            grade=grade,
            margin=reason["margin"],
        )

    def _missing_sentences(self) -> list[str]:
        """Say what would lead to the next better grade, one way a sentence.

        Each sentence looks at one criterion alone, the other figures as they are; ranks
        and Pareto limits are those of the review.
        """
        self.ensure_one()
        if not self.points or not self.proposed_grade_id or not self.scheme_id:
            return []
        conditions = [
            sentence
            for reason in self.reasons or ()
            if reason.get("code") in ("history", "veto")
            for sentence in [self._condition_sentence(reason)]
        ]
        # The whole policy would cost a query for each customer of a list.
        rules = decision.Policy(self.scheme_id._get_thresholds(), margin=self.scheme_id.hysteresis_margin)
        step = decision.points_to_next(rules, self.score, self.proposed_grade_id.id, self.previous_grade_id.id or None)
        if step is None:
            return conditions
        grade_id, gap = step
        grade = self._grade_name(grade_id)
        if not gap:
            return [*conditions, self.env._("The score is high enough for grade %s.", grade)]
        ways = [way for criterion in self.scheme_id.criterion_ids for way in [self._way(criterion, gap)] if way]
        if ways:
            head = self.env._(
                "%(points).1f points are missing to grade %(grade)s. Each of these would do:", points=gap, grade=grade
            )
        else:
            head = self.env._(
                "%(points).1f points are missing to grade %(grade)s; no single figure is enough, several have to improve.",
                points=gap,
                grade=grade,
            )
        return [*conditions, head, *ways]

    def _way(self, criterion, gap: float) -> str | None:
        """Say how far one figure must go to close the gap alone; None when it cannot."""
        total = sum(self.scheme_id.criterion_ids.mapped("weight"))
        if not criterion.weight:
            return None
        key = criterion.metric
        ladder = (self.review_id.ladders or {}).get(key) or ()
        needed = self.points.get(key, 0.0) + gap * total / criterion.weight
        figure = (self.figures or {}).get(key)
        target = scoring.nearest_target(figure, map(scoring.Rung.from_json, ladder), needed - decision.SCORE_TOLERANCE)
        if target is None:
            return None
        Metric = self.env["customer.grade.metric"]
        values = {
            "metric": criterion.display_name,
            "target": Metric._format_figure(key, target.figure, self.currency_id),
            "figure": Metric._format_figure(key, figure, self.currency_id),
        }
        if target.at_least:
            return self.env._("%(metric)s of at least %(target)s (now %(figure)s)", **values)
        return self.env._("%(metric)s below %(target)s (now %(figure)s)", **values)

    def _condition_sentence(self, reason: Mapping[str, Any]) -> str:
        """Say which condition has to be met before any score counts."""
        if reason["code"] == "history" and self.kind == "prospect":
            return self.env._("First the prospect must be known for at least %s months.", reason["minimum_months"])
        if reason["code"] == "history":
            return self.env._(
                "First at least %(months)s months since the first order and %(orders)s orders.",
                months=reason["minimum_months"],
                orders=reason["minimum_orders"],
            )
        Metric = self.env["customer.grade.metric"]
        limit = Metric._format_figure(reason["metric"], reason["limit"], self.currency_id)
        metric = self._metric_label(reason["metric"])
        match reason["operator"]:
            case ">":
                return self.env._("First %(metric)s must be at most %(limit)s.", metric=metric, limit=limit)
            case ">=":
                return self.env._("First %(metric)s must be below %(limit)s.", metric=metric, limit=limit)
            case "<":
                return self.env._("First %(metric)s must be at least %(limit)s.", metric=metric, limit=limit)
        return self.env._("First %(metric)s must be above %(limit)s.", metric=metric, limit=limit)

    def _metric_label(self, key: str) -> str:
        return dict(self.env["customer.grade.metric"]._selection()).get(key, key)

    def _grade_name(self, grade_id: int) -> str:
        return self.env["customer.grade"].browse(grade_id).name
