from odoo import api, models
from odoo.tools import SQL

BATCH = 20000
"""Partners computed in one transaction: the job can stop after any of them."""


class CustomerFileGap(models.Model):
    """The daily job: values that have gone stale, and whom to ask about incomplete files."""

    _inherit = "customer.file.gap"

    @api.model
    def _cron_refresh(self) -> None:
        """Compute all files again, then ask the salespeople for those that are incomplete.

        Batches by id, each one a transaction: a run that is stopped leaves complete files.
        """
        progress = self.env["ir.cron"]._commit_progress
        self.env["customer.register.entry"]._cron_take_over()
        bounds = self.env.execute_query(
            SQL(
                """
                SELECT MIN(id), MAX(id) FROM (
                    SELECT id, (ROW_NUMBER() OVER (ORDER BY id) - 1) / %s AS batch FROM res_partner
                ) p GROUP BY batch ORDER BY batch
                """,
                BATCH,
            )
        )
        progress(remaining=len(bounds) + 1)
        partners = self.env["res.partner"].with_context(active_test=False)
        for first, last in bounds:
            self._refresh(partners.search([("id", ">=", first), ("id", "<=", last)], order="id").ids)
            progress(1)
        self._remind()
        progress(1)

    @api.model
    def _remind(self) -> int:
        """Ask for incomplete files of the grades that want them complete: one open activity a file.

        Activities for files that are no longer incomplete, or no longer asked for, are done.

        :return: number of new activities
        """
        kind = self.env.ref("customer_file.mail_activity_type_customer_file", raise_if_not_found=False)
        if not kind:
            return 0
        activities = self.env["mail.activity"].sudo()  # sudo: of all salespeople
        open_ones = activities.search([("activity_type_id", "=", kind.id), ("res_model", "=", "res.partner")])
        wanted = {}
        everything = self.sudo()  # sudo: of all companies and salespeople
        for partner, user, count in everything._read_group(
            [("grade_id.require_complete_file", "=", True), ("user_id", "!=", False), ("user_id.active", "=", True)],
            ["partner_id", "user_id"],
            ["requirement_id:count_distinct"],
        ):
            wanted[partner.id] = (user, count)
        over = open_ones.filtered(lambda activity: activity.res_id not in wanted)
        if over:
            over.action_feedback(feedback=self.env._("The customer file is complete, or no longer needs to be."))
        asked = set(open_ones.mapped("res_id"))
        due = {partner_id: found for partner_id, found in wanted.items() if partner_id not in asked}
        # One message a customer would flood the salespeople: the activity itself is enough.
        activities.with_context(mail_activity_quick_update=True).create([
            self._prepare_reminder(kind, partner_id, *found) for partner_id, found in due.items()
        ])
        return len(due)

    @api.model
    def _prepare_reminder(self, kind, partner_id: int, user, count: int) -> dict:
        """Return the values of the activity that asks for one file, in the salesperson's language."""
        texts = self.with_context(lang=user.lang)
        return {
            "activity_type_id": kind.id,
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": partner_id,
            "user_id": user.id,
            "date_deadline": kind._get_date_deadline(),
            "summary": texts.env._("Complete the customer file: %s fields missing or to confirm", count),
        }
