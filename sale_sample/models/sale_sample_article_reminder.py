from odoo import api, models

BATCH = 500
"""Samples reminded of in one transaction."""


class SaleSampleArticle(models.Model):
    """The daily job: samples that should be back, and samples whose time is over."""

    _inherit = "sale.sample.article"

    @api.model
    def _cron_remind(self) -> None:
        """Ask once for each overdue loan and for each kept sample that has expired."""
        progress = self.env["ir.cron"]._commit_progress
        companies = self._read_group([("state", "!=", "disposed")], ["company_id"])
        for [company] in companies:  # each has a today of its own
            model = self.with_company(company)
            while loans := model._get_loans_to_remind(company):
                loans._remind()
                progress(len(loans))
            while expired := model._get_expired_to_notice(company):
                expired._notice_expiry()
                progress(len(expired))

    @api.model
    def _get_loans_to_remind(self, company) -> "models.Model":
        """Return loans of a company that are overdue and not reminded of yet, a batch at a time."""
        return self.env["sale.sample.loan"].search(
            [
                ("company_id", "=", company.id),
                ("returned_on", "=", False),
                ("due_back", "<", company._sales_today()),
                ("reminded_on", "=", False),
            ],
            limit=BATCH,
            order="id",
        )

    @api.model
    def _get_expired_to_notice(self, company) -> "models.Model":
        """Return kept samples of a company whose time is over and nobody was told, a batch at a time."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "!=", "disposed"),
                ("kept_until", "<", company._sales_today()),
                ("expiry_noticed_on", "=", False),
            ],
            limit=BATCH,
            order="id",
        )

    def _notice_expiry(self) -> None:
        """Ask the salesperson of each sample whether it may go; ask R&D where there is none."""
        self._schedule_todos(
            (article, article.user_id or article.request_id.rnd_user_id, article.kept_until) for article in self
        )
        self.write({"expiry_noticed_on": self._get_today()})

    @api.model
    def _schedule_todos(self, todos) -> None:
        """Create to-do activities at once.

        :param todos: (article, user, deadline); those without an active user are left out
        """
        kind = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        activities = self.env["mail.activity"].sudo()  # sudo: of all salespeople
        # One message a sample would flood the people: the activity itself is enough.
        activities.with_context(mail_activity_quick_update=True).create([
            {
                "activity_type_id": kind.id,
                "res_model_id": model_id,
                "res_id": article.id,
                "user_id": user.id,
                "automated": True,
                "date_deadline": deadline,
                "summary": article._get_todo_summary(user),
            }
            for article, user, deadline in todos
            if user.active
        ])

    def _get_todo_summary(self, user) -> str:
        """Return what is to be done about this sample, in the language of who does it."""
        texts = self.with_context(lang=user.lang)
        if self.state == "borrowed":
            return texts.env._("Get %(sample)s back from %(borrower)s", sample=self.name, borrower=self.borrower)
        return texts.env._("Kept sample %s has expired: dispose of it, or keep it longer", self.name)
