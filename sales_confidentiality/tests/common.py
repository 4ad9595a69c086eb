from odoo.fields import Command

from odoo.addons.sales_department_base.tests.common import DepartmentCase


class ConfidentialCase(DepartmentCase):
    """Two teams: Anna and Ben in the first, led by Lin, Carl in the second; each has a customer, a lead and an order."""

    LOGIN = "confidential"
    COMPANY = "Confidential Soles"
    NOW = "2026-05-20 04:00:00"
    ROLES = {
        "anna": "sales_team.group_sale_salesman",
        "ben": "sales_team.group_sale_salesman",
        "carl": "sales_team.group_sale_salesman",
        "lin": "sales_team.group_sale_salesman",
        "tia": "sales_team_security.group_sale_team_manager",
        "manager": "sales_team.group_sale_manager,base.group_allow_export",
        "exporter": "sales_team.group_sale_salesman_all_leads,base.group_allow_export",
        "rnd": "base.group_user,sales_department_base.group_collaborator_rnd",
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        teams = cls.env["crm.team"]
        cls.first = teams.create({"name": "First", "company_id": cls.company.id, "user_id": cls.lin.id})
        cls.second = teams.create({"name": "Second", "company_id": cls.company.id})
        cls.first.member_ids = cls.anna | cls.ben | cls.tia
        cls.second.member_ids = cls.carl
        cls.product = cls.env["product.product"].create({"name": "Outsole", "list_price": 30, "standard_price": 12.5})
        cls.customers, cls.leads, cls.orders = {}, {}, {}
        for user, team in ((cls.anna, cls.first), (cls.ben, cls.first), (cls.carl, cls.second)):
            customer = cls.env["res.partner"].create({
                "name": f"Customer of {user.name}",
                "is_company": True,
                "user_id": user.id,
                "email": f"buyer.{user.login}@example.com",
                "phone": f"+86 139 0000 {user.id:04}",
                "street": "1 Last Road",
            })
            owner = {"user_id": user.id, "team_id": team.id, "partner_id": customer.id}
            cls.customers[user] = customer
            cls.leads[user] = cls.env["crm.lead"].create({"name": "Need", "company_id": cls.company.id, **owner})
            cls.orders[user] = cls.env["sale.order"].create({
                "company_id": cls.company.id,
                **owner,
                "order_line": [Command.create({"product_id": cls.product.id, "product_uom_qty": 10})],
            })
        cls.everything = {
            kind: sum(rows.values(), start=next(iter(rows.values())).browse())
            for kind, rows in (("customers", cls.customers), ("leads", cls.leads), ("orders", cls.orders))
        }
        cls.env.flush_all()

    @classmethod
    def limit(cls, **choices):
        """Choose in the settings who may what: ``export``, ``cost``, ``contact`` = False limits it to the right."""
        settings = cls.env["res.config.settings"].create({})
        settings.write({f"group_sales_{name}": value for name, value in choices.items()})
        settings.execute()
        cls.env.flush_all()
        cls.env.invalidate_all()
