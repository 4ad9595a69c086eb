from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sales_department_base.constants import SALES_MANAGER_GROUP

from ..constants import EVERYBODY


class ResCompany(models.Model):
    _inherit = "res.company"

    # These follow the contact of the company, and with it who may read them.
    email = fields.Char(groups=EVERYBODY)
    phone = fields.Char(groups=EVERYBODY)

    confidentiality_user_id = fields.Many2one(
        "res.users",
        "Responsible for Confidentiality",
        domain=lambda self: [("all_group_ids", "in", self.env.ref(SALES_MANAGER_GROUP).ids), ("share", "=", False)],
        help="Is told when somebody exports or opens unusually many customers; if empty, the sales administrators",
        groups="base.group_system,sales_team.group_sale_manager",
    )
    confidentiality_export_limit = fields.Integer(
        "Exported Records a Day",
        default=500,
        help="Customers, leads, orders and their documents that one person may export in a day before somebody is told;"
        " 0: never",
        groups="base.group_system,sales_team.group_sale_manager",
    )
    confidentiality_open_limit = fields.Integer(
        "Opened Customers a Day",
        default=100,
        help="Different customers that one person may open in a day before somebody is told; 0: openings are not"
        " recorded",
        groups="base.group_system,sales_team.group_sale_manager",
    )
    confidentiality_list_limit = fields.Integer(
        "Listed Customers a Day",
        default=5000,
        help="Customers that one person may read in lists in a day before somebody is told, counted each time; 0: never",
        groups="base.group_system,sales_team.group_sale_manager",
    )

    _confidentiality_limits_not_negative = models.Constraint(
        "CHECK(confidentiality_export_limit >= 0 AND confidentiality_open_limit >= 0"
        " AND confidentiality_list_limit >= 0)",
        "The limits of confidentiality cannot be negative. Use 0 to switch one off.",
    )

    @api.constrains("confidentiality_user_id")
    def _check_confidentiality_user(self):
        for company in self.sudo():  # sudo: whoever may write companies
            user = company.confidentiality_user_id
            if user and not user.has_group(SALES_MANAGER_GROUP):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot open the log of exports. Choose somebody with the right “%(right)s” of Sales.",
                        user=user.name,
                        right=self.env.ref(SALES_MANAGER_GROUP).sudo().name,  # sudo: the name of a group only
                    )
                )

    def _get_confidentiality_people(self, about) -> models.Model:
        """Return who is told of somebody's unusual use of customer data: never that person, if there is another.

        :param about: the user in question
        """
        self.ensure_one()
        company = self.sudo()  # sudo: whoever acts, the company's policy counts
        responsible = company.confidentiality_user_id
        if responsible.active and responsible != about and responsible.has_group(SALES_MANAGER_GROUP):
            return responsible
        managers = company.env["res.users"].search([
            ("all_group_ids", "in", company.env.ref(SALES_MANAGER_GROUP).ids),
            ("company_ids", "in", company.ids),
        ])
        return (managers - about) or responsible or managers
