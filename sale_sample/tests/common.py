"""People, customers and requests for the tests of sample requests."""

from datetime import date
from typing import ClassVar

from odoo.addons.sales_department_base.tests.common import DepartmentCase

GROUPS = {
    "salesman": "sales_team.group_sale_salesman,base.group_partner_manager",
    "colleague": "sales_team.group_sale_salesman",
    "salesman_all": "sales_team.group_sale_salesman_all_leads",
    "manager": "sales_team.group_sale_manager",
    "rnd": "sales_department_base.group_collaborator_rnd",
    "quality": "sales_department_base.group_collaborator_quality",
    "finance": "sales_department_base.group_collaborator_finance",
    "planning": "sales_department_base.group_collaborator_planning",
    "policy_admin": "sales_department_base.group_policy_admin",
    "internal": "base.group_user",
}
"""Groups of one user a role; the attribute and the end of the login are the key."""

NEEDED = date(2026, 4, 30)
MONDAY_9 = "2026-03-02 01:00:00"
"""Nine o'clock on a working Monday in Shanghai, as naive UTC; tests stand at this moment."""
MONDAY_14 = "2026-03-02 06:00:00"
TUESDAY_9 = "2026-03-03 01:00:00"
WEDNESDAY_14 = "2026-03-04 06:00:00"


class SampleCase(DepartmentCase):
    """A company of its own in China: 40 hours a week, Asia/Shanghai, CNY."""

    ROLES: ClassVar[dict[str, str]] = GROUPS
    LOGIN = "request"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sample_rnd_user_id = cls.rnd
        cls.company.sample_escalation_user_id = cls.manager
        cls.customer, cls.other_customer = cls.env["res.partner"].create([
            {"name": "Runner Shoes", "is_company": True},
            {"name": "City Shoes", "is_company": True},
        ])
        cls.contact = cls.env["res.partner"].create({"name": "Lin", "parent_id": cls.customer.id})
        cls.family = cls.env["product.category"].create({"name": "Outsoles T"})
        cls.product = cls.env["product.product"].create({"name": "Outsole T", "categ_id": cls.family.id})
        cls.type = cls.env["sale.sample.type"].create({
            "name": "Plain Sample",
            "code": "T1",
            "lead_time_days": 5,
            "requires_style": False,
            "requires_sizes": False,
        })
        cls.property = cls.env["sale.sample.property"].create({
            "name": "Hardness T",
            "code": "T-H",
            "uom_name": "Shore A",
            "standard": "GB/T 531.1",
            "condition": "23 °C",
        })

    @classmethod
    def _values(cls, **values):
        """Return values of a request that its type finds complete."""
        return {
            "type_id": cls.type.id,
            "partner_id": cls.customer.id,
            "user_id": cls.salesman.id,
            "product_family_id": cls.family.id,
            "style_name": "Runner 26",
            "needed_by": NEEDED,
            **values,
        }

    @classmethod
    def _request(cls, **values):
        return cls.env["sale.sample.request"].create(cls._values(**values))

    @classmethod
    def _submitted(cls, **values):
        request = cls._request(**values)
        request.with_user(cls.salesman).action_submit()
        return request

    @classmethod
    def _accepted(cls, promised_on=NEEDED, **values):
        request = cls._submitted(**values)
        request.with_user(cls.rnd)._accept(promised_on)
        return request

    def _open_activities(self, request):
        """Return the summaries of what is asked for on a request, by login."""
        activities = self.env["mail.activity"].search([("res_model", "=", request._name), ("res_id", "=", request.id)])
        return sorted((activity.user_id.login, activity.activity_type_id.name) for activity in activities)
