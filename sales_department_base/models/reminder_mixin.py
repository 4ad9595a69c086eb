from datetime import date
from typing import ClassVar

from odoo import api, fields, models
from odoo.fields import Domain

BATCH = 500
"""Documents reminded of in one transaction."""


class SalesDepartmentReminderMixin(models.AbstractModel):
    """Documents that wait for somebody: a job reminds of them, then tells who stands above.

    A model says which documents are due, who is asked and in which words; a scheduled action calls
    ``model._cron_remind()``::

        class SaleOrderDelay(models.Model):
            _name = "sale.order.delay"
            _inherit = ["mail.thread", "mail.activity.mixin", "sales.department.reminder.mixin"]

            @api.model
            def _get_reminder_domain(self, company):
                return Domain("state", "=", "open") & Domain("answer_by", "<", company._sales_today())

            def _get_reminder_summary(self):
                return self.env._("Tell %s when the order comes", self.partner_id.name)

    Each document is reminded of once and escalated once. For the next time it waits, its transition writes
    ``reminded_at=False, escalated_at=False``. What has been escalated is not reminded of any more.
    """

    _name = "sales.department.reminder.mixin"
    _description = "Reminders and Escalation"
    _inherit = ["sales.department.closed.mixin"]
    _closed_fields = frozenset({"reminded_at", "escalated_at"})

    #: External ids of the activity types.
    _reminder_activity: ClassVar[str] = "mail.mail_activity_data_todo"
    _escalation_activity: ClassVar[str] = "mail.mail_activity_data_todo"

    reminded_at = fields.Datetime("Reminded on", readonly=True, copy=False, groups="base.group_user")
    escalated_at = fields.Datetime("Escalated on", readonly=True, copy=False, groups="base.group_user")

    # ------------------------------------------------------------------
    # What each model says
    # ------------------------------------------------------------------

    @api.model
    def _get_reminder_domain(self, company: models.Model) -> Domain:
        """Return which documents of a company wait too long for whose turn it is; those reminded of may be among them."""
        return Domain.FALSE

    @api.model
    def _get_escalation_domain(self, company: models.Model) -> Domain:
        """Return which documents of a company wait so long that somebody above should know."""
        return Domain.FALSE

    def _get_reminded_user(self) -> models.Model:
        """Return who is to act on one document: by default its salesperson."""
        return self.user_id

    def _get_escalation_user(self) -> models.Model:
        """Return who is told that one document is stuck: by default the leader of its sales team."""
        return self.team_id.user_id

    def _get_reminder_summary(self) -> str:
        """Return what is to be done about one document. The environment's language is that of the user."""
        return self.env._("Reminder: %s waits for you", self.display_name)

    def _get_escalation_summary(self) -> str:
        """Return what those above are told. The environment's language is that of the user."""
        return self.env._("%s is stuck: see that it goes on", self.display_name)

    def _get_reminder_deadline(self) -> date:
        """Return the day by which one document is to be acted upon: by default today."""
        return self.env["mail.activity"]._sales_ask_today(self)

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _cron_remind(self) -> None:
        """Escalate what is stuck and remind of what is due, company by company, a transaction for each batch.

        A run that is stopped goes on where it stopped.
        """
        progress = self.env["ir.cron"]._commit_progress
        everything = self.sudo()  # sudo: of all companies and salespeople
        for [company] in everything._read_group([("company_id", "!=", False)], ["company_id"]):
            model = everything.with_company(company)  # each has a today of its own
            own = Domain("company_id", "=", company.id) & Domain("escalated_at", "=", False)
            stuck = model._get_escalation_domain(company) & own
            while batch := model.search(stuck, limit=BATCH, order="id"):
                batch._escalate()
                batch.escalated_at = fields.Datetime.now()
                progress(len(batch))
            due = model._get_reminder_domain(company) & own & Domain("reminded_at", "=", False)
            while batch := model.search(due, limit=BATCH, order="id"):
                batch._remind()
                batch.reminded_at = fields.Datetime.now()
                progress(len(batch))

    def _remind(self) -> None:
        """Ask those whose turn it is. Extension point: what else a reminder sets off."""
        self.env["mail.activity"]._sales_ask(
            self._reminder_activity,
            {document: document._get_reminded_user() for document in self},
            lambda document: document._get_reminder_summary(),
            deadline=lambda document: document._get_reminder_deadline(),
        )

    def _escalate(self) -> None:
        """Tell those above. Extension point: what else an escalation sets off."""
        self.env["mail.activity"]._sales_ask(
            self._escalation_activity,
            {document: document._get_escalation_user() for document in self},
            lambda document: document._get_escalation_summary(),
        )
