from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sales_department_base.records import refuse


class CrmProspectProfileDecision(models.Model):
    """The record of one half-yearly discussion of the prospect profile. Added, never changed."""

    _name = "crm.prospect.profile.decision"
    _description = "Decision on the Prospect Profile"
    _inherit = ["sales.department.closed.mixin"]
    _order = "date desc, id desc"
    _rec_name = "date"
    # Managers record discussions of a profile they may read, though they may not change it.
    _open_parents = frozenset({"profile_id"})

    profile_id = fields.Many2one("crm.prospect.profile", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="profile_id.company_id")
    date = fields.Date(required=True, default=lambda self: self.env.company._sales_today())
    participant_ids = fields.Many2many(
        "res.users", string="Participants", required=True, default=lambda self: self.env.user
    )
    decision = fields.Html("What Was Decided", required=True)
    facts = fields.Json(readonly=True, copy=False)
    facts_html = fields.Html("What Was Seen", compute="_compute_facts_html", sanitize=False)
    resulting_profile_id = fields.Many2one(
        "crm.prospect.profile", "Resulting Version", readonly=True, copy=False, index="btree_not_null"
    )

    @api.depends_context("lang")
    @api.depends("facts")
    def _compute_facts_html(self):
        for decision in self:
            decision.facts_html = self.env["crm.prospect.profile"]._render_facts(decision.facts or {})

    @api.constrains("date")
    def _check_date(self):
        refuse(
            self.filtered(lambda decision: decision.date > decision.company_id._sales_today()),
            self.env._("A discussion is recorded once it was held: %(names)s is still to come."),
            ValidationError,
        )

    @api.model_create_multi
    def create(self, vals_list):
        decisions = super().create(vals_list)
        decisions.profile_id.check_access("read")
        for decision in decisions:
            profile = decision.profile_id
            decision.sudo().facts = profile._get_facts()  # sudo: the snapshot is evidence, closed to clients
            profile.sudo()._close_discussion(decision.date)  # sudo: recording needs no right to change the profile
        return decisions

    def action_new_version(self) -> dict:
        """Make the draft version that carries this decision out, or open the one made already."""
        self.ensure_one()
        self.profile_id.check_access("write")
        self._lock()
        self.invalidate_recordset(["resulting_profile_id"])
        version = self.resulting_profile_id
        if not version:
            version = self.profile_id._new_version()
            self.sudo().resulting_profile_id = version  # sudo: records of discussions are closed to clients
        return version._get_records_action(name=version.display_name)
