import base64
import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sales_department_base.records import refuse
from odoo.addons.sales_department_base.tools.periods import Period

#: A button that is pressed again within this time was pressed twice.
PAUSE = timedelta(minutes=1)

_logger = logging.getLogger(__name__)


class SaleSampleReportSubscription(models.Model):
    """Who gets the sample report by mail, every month or quarter, in the own language and with the own rights."""

    _name = "sale.sample.report.subscription"
    _description = "Subscription to the Sample Report"
    _inherit = ["sales.department.closed.mixin"]
    _order = "company_id, user_id, period_kind"
    _rec_name = "user_id"
    _check_company_auto = True
    _fixed_fields = frozenset({"user_id", "company_id"})

    user_id = fields.Many2one(
        "res.users",
        "Subscriber",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    period_kind = fields.Selection(
        [
            ("month", "Every Month"),
            ("quarter", "Every Quarter"),
            ("half_year", "Every Half Year"),
            ("year", "Every Year"),
        ],
        string="How Often",
        required=True,
        default="month",
    )
    active = fields.Boolean(default=True)
    sent_for = fields.Date("Last Period Sent", readonly=True, copy=False, help="First day of the period")
    sent_at = fields.Datetime("Sent on", readonly=True, copy=False)

    _once = models.UniqueIndex(
        "(user_id, company_id, period_kind)", "This colleague has subscribed to the sample report already."
    )

    def _get_due_period(self) -> Period:
        """Return the last period of one subscription that has ended, by the company's clock."""
        self.ensure_one()
        return Period.of(self.period_kind, self.company_id._sales_today()).previous()

    def _is_due(self) -> bool:
        """Tell whether one subscription waits for a report. A new one begins with the last period that has ended."""
        self.ensure_one()
        return not self.sent_for or self.sent_for < self._get_due_period().start

    @api.model
    def _cron_send(self) -> None:
        """Send what is due, one subscriber after the other: a run that is killed goes on where it stopped."""
        subscriptions = self.search([("active", "=", True)]).filtered(lambda one: one._is_due() and one._may_read())
        self.env["ir.cron"]._commit_progress(remaining=len(subscriptions))
        for subscription in subscriptions:
            subscription = subscription.try_lock_for_update().filtered(lambda one: one._is_due())
            if subscription:
                try:
                    with self.env.cr.savepoint():
                        subscription._send()
                except Exception:
                    # one subscriber's trouble must not keep the report from the others
                    _logger.exception("The sample report for %s could not be sent", subscription.user_id.login)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def action_send(self) -> None:
        """Send the report of the last period now, again if need be.

        :raises UserError: a subscriber has left the company, or may not see samples, or got it a moment ago
        """
        self.check_access("write")
        self._lock()
        self.invalidate_recordset(["sent_at"])
        now = fields.Datetime.now()
        refuse(
            self.filtered(lambda one: one.sent_at and now - one.sent_at < PAUSE),
            self.env._("%(names)s: the report was sent a moment ago. Wait a minute before you send it again."),
        )
        for subscription in self:
            subscription._send()

    def _send(self) -> None:
        """Mail the report of the last period that has ended, made with the rights of the subscriber.

        :raises UserError: the subscriber has left the company, or may not see samples
        """
        self.ensure_one()
        if not self._may_read():
            raise UserError(
                self.env._(
                    "%(subscriber)s has left %(company)s or may not see samples, so there is no report to send. Archive the "
                    "subscription, or ask your administrator for the access rights.",
                    subscriber=self.user_id.name,
                    company=self.company_id.name,
                )
            )
        period = self._get_due_period()
        company = self.company_id
        user = self.user_id
        # Nothing of the sender's own context: what the sender has open is not the subscriber's.
        context = {"allowed_company_ids": company.ids, "lang": user.lang, "tz": user.tz}
        subscriber = self.with_env(self.env(user=user, context=context))
        wizard = subscriber.env["sale.sample.report"].create({
            "company_id": company.id,
            "period_kind": period.kind,
            "date_from": period.start,
        })
        document = subscriber.env["report.sale_sample_statistics.report_sample"]._get_document(wizard)
        content, kind = subscriber.env["ir.actions.report"]._render_qweb_pdf(
            "sale_sample_statistics.action_report_sample", wizard.ids, data={"documents": [document]}
        )
        template = self.env.ref("sale_sample_statistics.mail_template_sample_report")
        # sent by the system: neither who presses the button nor who reads the subscription reads the mail of another
        template.with_user(SUPERUSER_ID).with_context(
            said=document.said, period_name=wizard._get_period_name()
        ).send_mail(
            self.id,
            email_layout_xmlid="mail.mail_notification_light",
            email_values={
                # templates take their attachments in base64
                "attachments": [(f"{wizard.display_name}.{kind}", base64.b64encode(content))],
                "model": False,
                "res_id": False,
            },
        )
        self.sudo().write({  # sudo: the fields are closed to hands
            "sent_for": period.start,
            "sent_at": fields.Datetime.now(),
        })

    def _may_read(self) -> bool:
        """Tell whether the subscriber still works for the company and may see samples."""
        self.ensure_one()
        user = self.user_id
        statistics = self.env["sale.sample.statistics"].with_user(user)
        return user.active and self.company_id in user.company_ids and statistics.has_access("read")
