from odoo import api, fields, models


class CrmProspectAnswer(models.Model):
    """What a prospect answers to one question."""

    _name = "crm.prospect.answer"
    _description = "Answer of a Prospect"
    _inherit = ["sales.department.closed.mixin"]
    _fixed_fields = frozenset({"lead_id", "partner_id"})
    _order = "question_id, id"
    _rec_name = "question_id"

    lead_id = fields.Many2one("crm.lead", index="btree_not_null", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", index="btree_not_null", ondelete="cascade")
    question_id = fields.Many2one("crm.prospect.question", required=True, index=True, ondelete="restrict")
    answer = fields.Selection([("yes", "Yes"), ("no", "No")], required=True)

    _lead_or_partner = models.Constraint(
        "CHECK((partner_id IS NULL) <> (lead_id IS NULL))", "An answer belongs either to a lead or to a contact."
    )
    _once_a_lead = models.UniqueIndex(
        "(lead_id, question_id) WHERE lead_id IS NOT NULL",
        "This question is already answered for the lead: change that answer.",
    )
    _once_a_partner = models.UniqueIndex(
        "(partner_id, question_id) WHERE partner_id IS NOT NULL",
        "This question is already answered for the contact: change that answer.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        answers = super().create(vals_list)
        if not self.env.su:
            for name in ("lead_id", "partner_id"):
                wholes = answers.sudo()[name]  # sudo: whose they are is asked right now
                wholes.sudo(False).check_access("write")
        return answers
