from odoo import api, models
from odoo.tools import SQL


class CustomerGradeAssessment(models.Model):
    """Applying: the one place that writes the grade of partners, in bulk."""

    _inherit = "customer.grade.assessment"

    def _accept_pending(self, reviews) -> None:
        """Accept the proposals of reviews that are still to decide, in one statement."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_grade_assessment
                   SET decision = 'accepted', decided_by_id = %(uid)s, decided_on = %(now)s,
                       write_uid = %(uid)s, write_date = %(now)s
                 WHERE review_id = ANY(%(reviews)s) AND decision = 'pending' AND proposed_grade_id IS NOT NULL
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                reviews=reviews.ids,
            )
        )
        self.env.invalidate_all(flush=False)

    @api.model
    def _apply_and_log(self, company, condition: SQL, note: str) -> None:
        """Make proposed assessments the valid grades of customers and leads, and tell their chatters.

        :param company: whose grades these are
        :param condition: as in :meth:`_apply`
        :param note: where the change comes from
        """
        # Leads first: the step for customers also marks the assessments as applied.
        leads = self._apply_leads(company, condition)
        partners = self._apply(company, condition)
        self.env["crm.lead"]._log_grade_change(leads, note)
        self.env["res.partner"].with_company(company)._log_grade_change(partners, note)

    @api.model
    def _apply(self, company, condition: SQL) -> list[tuple[int, int | None, int | None]]:
        """Make proposed assessments the valid grade of their customers, set-based.

        The grade is written on the commercial partner and all its contacts.

        :param company: whose grades these are
        :param condition: SQL over the table alias ``a`` that picks proposed assessments
            of this company, at most one a customer
        :return: ``(partner id, grade id before, grade id after)`` of each customer whose
            grade changed
        """
        self.env.flush_all()
        key = str(company.id)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.partner_id, (p.customer_grade_id->>%(key)s)::int, a.grade_id
                  FROM customer_grade_assessment a JOIN res_partner p ON p.id = a.partner_id
                 WHERE a.company_id = %(company)s AND a.state = 'proposed' AND %(condition)s
                   AND (p.customer_grade_id->>%(key)s)::int IS DISTINCT FROM a.grade_id
                """,
                key=key,
                company=company.id,
                condition=condition,
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
                       write_uid = %(uid)s, write_date = %(now)s
                  FROM customer_grade_assessment a
                 WHERE a.company_id = %(company)s AND a.state = 'proposed' AND %(condition)s
                   AND p.commercial_partner_id = a.partner_id
                """,
                key=key,
                company=company.id,
                condition=condition,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_grade_assessment h SET is_current = FALSE
                  FROM customer_grade_assessment a
                 WHERE a.company_id = %(company)s AND a.state = 'proposed' AND %(condition)s
                   AND h.partner_id = a.partner_id AND h.company_id = a.company_id AND h.is_current IS TRUE
                """,
                company=company.id,
                condition=condition,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_grade_assessment a
                   SET state = 'applied', is_current = TRUE, write_uid = %(uid)s, write_date = %(now)s
                 WHERE a.company_id = %(company)s AND a.state = 'proposed' AND %(condition)s
                """,
                company=company.id,
                condition=condition,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env.invalidate_all(flush=False)
        changed = self.env["res.partner"].browse(row[0] for row in rows)
        changed.modified(["customer_grade_id", "customer_grade_score", "customer_grade_since"])
        return rows

    @api.model
    def _repeat_message(self, message, record_ids: list[int]) -> None:
        """Say in the chatter of more records what ``message`` says in that of one.

        Odoo writes the first message; the others are copies of its row, whatever columns
        other addons added. A review of 100,000 customers would otherwise spend minutes on
        messages that differ in nothing but the customer. Only for notes without recipients
        and attachments: rows of other tables are not copied.

        :param message: a logged note (``mail.message``) on one partner or lead
        :param record_ids: the others of its model
        """
        if not record_ids:
            return
        message.flush_recordset()
        copied = [
            SQL.identifier(field.name)
            for field in message._fields.values()
            if field.store and field.column_type and field.name not in ("id", "res_id", "message_id")
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_message (res_id, message_id, %(columns)s)
                SELECT record.id, REPLACE(m.message_id, '<', '<' || record.id || '.'), %(columns)s
                  FROM mail_message m, unnest(%(records)s) AS record(id)
                 WHERE m.id = %(message)s
                """,
                columns=SQL(", ").join(copied),
                records=record_ids,
                message=message.id,
            )
        )
        self.env[message.model].browse(record_ids).invalidate_recordset(["message_ids"], flush=False)

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
        if not self:
            return
        company = self.company_id
        returned = self.create([
            {
                "origin": "expiry",
                "kind": old.kind,
                "review_id": False,
                "company_id": company.id,
                "scheme_id": old.scheme_id.id,
                "partner_id": old.partner_id.id,
                "lead_id": old.lead_id.id,
                "user_id": (old.partner_id or old.lead_id).user_id.id,
                "date": company._sales_today(),
                "revenue": old.revenue,
                "order_count": old.order_count,
                "score": old.score,
                "figures": old.figures,
                "points": old.points,
                "reasons": old.reasons,
                "streak": old.streak,
                "previous_grade_id": old.grade_id.id,
                "by_score_grade_id": old.by_score_grade_id.id,
                "proposed_grade_id": old.proposed_grade_id.id,
                "grade_id": old.proposed_grade_id.id,
                "decision": "accepted",
                "reason": self.env._("The override ended on %s", old.override_until),
            }
            for old in self
            if old.proposed_grade_id
        ])
        self._apply_and_log(
            company, SQL("a.id = ANY(%s)", returned.ids), self.env._("Override expired: the computed grade returns")
        )
