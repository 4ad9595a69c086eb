from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sales_department_base.constants import SALES_GROUP
from odoo.addons.sales_department_base.records import refuse

from ..tools.fit import fit_percent


class CrmProspectMixin(models.AbstractModel):
    """Prospect data of leads and partners, and how well it fits the prospect profile."""

    _name = "crm.prospect.mixin"
    _description = "Prospect Data"
    _inherit = ["sales.department.closed.mixin"]

    prospect_employees = fields.Integer(
        "Number of Employees", groups=SALES_GROUP, help="People the company employs, as far as known"
    )
    prospect_volume = fields.Integer(
        "Stated Yearly Volume", groups=SALES_GROUP, help="Pairs a year, as the prospect states it"
    )
    prospect_family_ids = fields.Many2many(
        "product.category", string="Product Families", groups=SALES_GROUP, help="What the prospect asks for"
    )
    # Only the dialog shows these two: they cost queries that the pages of Odoo must not pay.
    prospect_fit = fields.Float("Fit", compute="_compute_prospect_fit", compute_sudo=True, groups=SALES_GROUP)
    prospect_traits = fields.Html(
        "Profile", compute="_compute_prospect_fit", compute_sudo=True, sanitize=False, groups=SALES_GROUP
    )

    def _get_prospect_fields(self) -> list[str]:
        """Return the fields the fit depends on."""
        return [
            "prospect_employees",
            "prospect_volume",
            "prospect_family_ids",
            "prospect_answer_ids.answer",
            "country_id",
            "state_id",
            "company_id",
        ]

    @api.depends_context("company", "lang")
    @api.depends(lambda self: self._get_prospect_fields())
    def _compute_prospect_fit(self):
        fits = self.env["crm.prospect.profile"]._get_fits(self._origin)
        for record in self:
            traits = fits.get(record._origin.id, [])
            record.prospect_fit = fit_percent(traits)
            record.prospect_traits = self.env["ir.qweb"]._render(
                "crm_prospect_profile.prospect_traits", {"traits": traits}
            )

    @api.constrains("prospect_employees", "prospect_volume")
    def _check_prospect_numbers(self):
        refuse(
            self.filtered(lambda record: record.prospect_employees < 0 or record.prospect_volume < 0),
            self.env._("Employees and yearly volume of %(names)s cannot be negative."),
            ValidationError,
        )

    def _get_prospect_action(self) -> dict:
        """Return what opens the answers and the fit to the profile of this lead or partner in a dialog.

        They stand there and not on the form, which would read them each time it is opened.
        The buttons of the dialog use it, too: to compare again after saving.
        """
        self._ensure_chosen()
        action = self.env["ir.actions.actions"]._for_xml_id(f"crm_prospect_profile.{self._table}_action_prospect")
        return dict(action, res_id=self.id)
