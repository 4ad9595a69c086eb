import logging

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.sales_department_base.tools.periods import Period

_logger = logging.getLogger(__name__)


class CustomerGradingScheme(models.Model):
    """What a scheme starts by itself: the periodic review, the half-yearly discussion."""

    _inherit = "customer.grading.scheme"

    @api.model
    def _cron_run(self) -> None:
        """Prepare the reviews that are due and remind owners to discuss their schemes.

        One scheme that cannot be reviewed does not hold up the others, whatever the reason: what it
        did is undone, and its owner is told.
        """
        progress = self.env["ir.cron"]._commit_progress
        active = self.search([("state", "=", "active")])
        progress(remaining=len(active))
        for scheme in active:
            scheme = scheme.with_company(scheme.company_id).try_lock_for_update()
            if scheme:
                scheme._run_due_or_tell()
            if not progress(1):
                break

    def _run_due_or_tell(self) -> None:
        """Do what is due today, or undo it and tell the owner why it failed."""
        try:
            with self.env.cr.savepoint():
                self._run_due(self.company_id._sales_today())
            return
        except UserError as error:
            problem = str(error)
        except Exception as error:
            # A metric of another addon may fail in ways nobody here can foresee.
            _logger.exception("The scheduled review of %s failed", self.display_name)
            problem = self.env._(
                "%(error)s. This is an error of the program: the log of the server tells more. The review is tried again "
                "on the next day.",
                error=f"{type(error).__name__}: {error}",
            )
        self._tell_owner(self.env._("The scheduled review could not be prepared"), problem)

    def _run_due(self, day) -> None:
        """Do what is due on ``day``: the scheduled review, the half-yearly discussion."""
        self.ensure_one()
        if self.next_review_on and self.next_review_on <= day:
            self._run_scheduled_review()
        if self.discuss_on and self.discuss_on <= day:
            self._tell_owner(
                self.env._("Discuss the grading scheme"),
                self.env._("Half a year is over: do criteria, weights and thresholds still fit the market?"),
            )
            self.discuss_on = day + relativedelta(months=6)

    def _run_scheduled_review(self) -> None:
        """Review the period that is over, and move on to the next one."""
        self.ensure_one()
        period = Period.of(self.review_period, self.next_review_on).previous()
        review = self.env["customer.grade.review"].create({"scheme_id": self.id, "date": period.last_day})
        self.next_review_on = period.next(2).start
        review._run_scheduled()
