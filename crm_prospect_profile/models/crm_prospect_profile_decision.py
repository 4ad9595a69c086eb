from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date


class CrmProspectProfileDecision(models.Model):
    """The record of one half-yearly discussion of the prospect profile. Added, never changed."""

    _name = "crm.prospect.profile.decision"
    _description = "Decision on the Prospect Profile"
    _order = "date desc, id desc"
    _rec_name = "date"

    profile_id = fields.Many2one("crm.prospect.profile", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="profile_id.company_id")
    date = fields.Date(required=True, default=lambda self: self.env.company._sales_today())
    participant_ids = fields.Many2many(
        "res.users", string="Participants", required=True, default=lambda self: self.env.user
    )
    decision = fields.Html("What Was Decided", required=True)
    facts = fields.Json(readonly=True)
    facts_html = fields.Html("What Was Seen", compute="_compute_facts_html", sanitize=False)
    resulting_profile_id = fields.Many2one(
        "crm.prospect.profile", "Resulting Version", readonly=True, index="btree_not_null"
    )

    @api.depends_context("lang")
    @api.depends("facts")
    def _compute_facts_html(self):
        for decision in self:
            decision.facts_html = self.env["crm.prospect.profile"]._render_facts(decision.facts or {})

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name in ("facts", "resulting_profile_id"):
            return False
        return super()._has_field_access(field, operation)

    @api.model_create_multi
    def create(self, vals_list):
        decisions = super().create(vals_list)
        for decision in decisions:
            profile = decision.profile_id
            decision.sudo().facts = profile._get_facts()  # sudo: the snapshot is evidence, closed to clients
            due = decision.date + relativedelta(months=6)
            owned = profile.sudo()  # sudo: who records a discussion need not be allowed to change the profile
            if not profile.discuss_on or profile.discuss_on < due:
                owned.discuss_on = due
            summary = profile._get_discussion_summary()
            owned.activity_ids.filtered_domain([("summary", "=", summary)]).action_feedback(
                feedback=self.env._("Discussed on %s", format_date(self.env, decision.date))
            )
        return decisions

    def action_new_version(self) -> dict:
        """Make the draft version that carries this decision out, or open the one made already."""
        self.ensure_one()
        version = self.resulting_profile_id
        if not version:
            version = self.profile_id._new_version()
            self.sudo().resulting_profile_id = version  # sudo: records of discussions are closed to clients
        return version._get_records_action(name=version.display_name)
