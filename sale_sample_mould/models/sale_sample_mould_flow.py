from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .sale_sample_mould import SERVER_FIELDS

MAKER_GROUPS = "sales_department_base.group_collaborator_rnd,sales_team.group_sale_manager"


class SaleSampleMould(models.Model):
    """From the quotation of a mould to its scrapping; each step is logged."""

    _inherit = "sale.sample.mould"

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name in SERVER_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    @api.model_create_multi
    def create(self, vals_list):
        moulds = super().create(vals_list)
        moulds._log_event("quoted")
        return moulds

    def write(self, vals):
        if "company_id" in vals and any(mould.company_id.id != vals["company_id"] for mould in self):
            raise UserError(self.env._("A mould stays with its company. Register it anew in the other one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        kept = self.filtered(lambda mould: mould.state != "quoted")
        if kept:
            raise UserError(
                self.env._(
                    "%s: the mould has a history and stays on record. Scrap or archive it instead.",
                    ", ".join(kept.mapped("display_name")),
                )
            )
        decisions = self.env["sale.sample.fee.decision"].sudo()  # sudo: R&D does not see fees, but they count
        decided = decisions.search([("mould_ids", "in", self.ids)], limit=1)
        if decided:
            raise UserError(
                self.env._(
                    "%s: who pays for the mould has been decided, so it stays on record. Archive it instead.",
                    ", ".join(decided.mould_ids.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open(self) -> None:
        """Order the mould from its maker, with the sizes to be opened first.

        :raises UserError: it lists sizes but none to open first, or no cost
        """
        self._check_maker()
        today = self._get_today()
        for mould in self:
            first = mould.size_ids.filtered("is_first")
            if mould.size_ids and not first:
                raise UserError(
                    self.env._("%s: mark the size to open first. The others wait for orders.", mould.display_name)
                )
            if not mould.part_ids:
                raise UserError(self.env._("%s: enter the cost by part first.", mould.display_name))
        self._change_state("opened", opened_on=today)
        for mould in self:
            first = mould.size_ids.filtered("is_first")
            first.sudo().write({"state": "opened", "opened_on": today})  # sudo: closed field, rights checked above
            mould._log_event("opened", sizes=first._get_labels())

    def action_trial(self) -> None:
        """Record the next trial: T0, then T1 and so on."""
        self._check_maker()
        today = self._get_today()
        for mould in self:
            number = mould.trial_number + 1
            dates = {f"t{number}_on": today} if number < 2 else {}
            mould._change_state("trial", trial_number=number, **dates)
            mould._log_event("trial", trial_number=number)

    def action_release(self) -> None:
        """Release moulds for production, or take them out of the store."""
        self._check_maker()
        first = self.filtered(lambda mould: not mould.released_on)
        if first:
            first._change_state("released", released_on=self._get_today())
            first._after_release()
        if self - first:
            (self - first)._change_state("released")
        self._log_event("released")

    def action_store(self) -> None:
        """Put moulds in store.

        :raises UserError: nobody knows where
        """
        self._check_maker()
        lost = self.filtered(lambda mould: not mould.location_id and not mould.keeper_id)
        if lost:
            raise UserError(
                self.env._("%s: enter the place of the mould, or who keeps it.", ", ".join(lost.mapped("display_name")))
            )
        self._change_state("stored", stored_on=self._get_today())
        for mould in self:
            mould._log_event("stored", note=mould.location_id.complete_name or mould.keeper_id.display_name)

    def action_drop(self) -> None:
        """Close quotations of moulds that will not be opened."""
        self._check_maker()
        self._change_state("cancelled")
        self._log_event("cancelled")
        self._settle_fees()

    def action_open_scrap(self) -> dict:
        """Open the dialog that asks why moulds are scrapped."""
        self._check_maker()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Scrap the Mould"),
            "res_model": "sale.sample.mould.scrap",
            "view_mode": "form",
            "target": "new",
            "context": {"default_mould_ids": self.ids},
        }

    def _scrap(self, reason: str) -> None:
        """Scrap moulds for good.

        :param reason: kept in the log
        :raises UserError: without a reason, or a mould was never opened
        """
        self._check_maker()
        if not (reason or "").strip():
            raise UserError(self.env._("Write why %s is scrapped.", ", ".join(self.mapped("display_name"))))
        self._change_state("scrapped", scrapped_on=self._get_today())
        self._log_event("scrapped", note=reason.strip())
        self._after_scrap()

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _get_today(self):
        """Return today in the time zone of the company of the moulds."""
        return (self.company_id[:1] or self.env.company)._sales_today()

    def _check_maker(self) -> None:
        """:raises AccessError: the user is neither R&D nor a sales manager"""
        if not self.env.su and not self.env.user.has_groups(MAKER_GROUPS):
            raise AccessError(self.env._("Moulds are opened, tried and released by R&D. Ask the R&D colleague."))

    def _log_event(self, kind: str, **values) -> None:
        """Add one row to the log of each mould.

        :param kind: see `sale.sample.mould.event`
        :param values: trial_number, sizes, note
        """
        events = self.env["sale.sample.mould.event"].sudo()  # sudo: the log is written by the buttons only
        events.create([
            {
                "mould_id": mould.id,
                "company_id": mould.company_id.id,
                "kind": kind,
                "date": mould._get_today(),
                "user_id": self.env.uid,
                **values,
            }
            for mould in self
        ])

    def _after_release(self) -> None:
        """Hook: moulds have been released for the first time."""
        self._settle_fees()

    def _after_scrap(self) -> None:
        """Hook: moulds have been scrapped, for good."""
        self._settle_fees()

    def _settle_fees(self, owed: bool = True) -> None:
        """Tell the budget what these moulds cost the company.

        :param owed: the cost has arisen already
        :raises UserError: it has not, and the budget does not cover it
        """
        requests = self.sudo().request_id  # sudo: R&D does not see fees; what the mould cost is booked all the same
        requests.fee_decision_id._settle_budget(owed)
