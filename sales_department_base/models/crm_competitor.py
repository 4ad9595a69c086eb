from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmCompetitor(models.Model):
    """Who else the customer could buy from: chosen, not typed, so that what is lost to whom can be counted."""

    _name = "crm.competitor"
    _description = "Competitor"
    _inherit = ["sales.department.closed.mixin"]
    _order = "name, id"
    _fixed_fields = frozenset({"company_id"})  # nobody claims a competitor of all companies, or shares remarks with all
    _rec_names_search = ["name", "note"]

    name = fields.Char(required=True, index="trigram")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: all companies")
    website = fields.Char()
    note = fields.Text("Remarks", help="Strengths, weaknesses, prices: what a colleague should know")

    _name_said = models.Constraint("CHECK(btrim(name) <> '')", "Write the name of the competitor.")
    _name_uniq = models.UniqueIndex(
        "(lower(btrim(name)), COALESCE(company_id, 0))", "This competitor is on the list already; it may be archived."
    )

    @api.model
    def name_create(self, name):
        """Take a competitor who is on the list already, written in other letters or archived, rather than refuse.

        :raises UserError: the name is empty
        """
        name = name.replace("\0", "") if isinstance(name, str) else ""  # PostgreSQL knows no such character
        if not name.strip():
            raise UserError(self.env._("Write the name of the competitor."))
        same = self.with_context(active_test=False).search(
            Domain("name", "=ilike", name.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_"))
            & Domain("company_id", "in", [False, self.env.company.id]),
            limit=1,
        )
        if same:
            return same.id, same.display_name
        return super().name_create(name.strip())
