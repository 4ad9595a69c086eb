"""Customers, orders, schemes and users for the tests of grading."""

from datetime import date, datetime

from odoo.fields import Command

from odoo.addons.sales_department_base.tests.common import DepartmentCase

GROUPS = {
    "salesman": "sales_team.group_sale_salesman,base.group_partner_manager",
    "salesman_all": "sales_team.group_sale_salesman_all_leads",
    "manager": "sales_team.group_sale_manager",
    "approver": "customer_grade.group_grade_approver",
    "policy_admin": "sales_department_base.group_policy_admin",
    "internal": "base.group_user",
}
"""Groups of one user a role; the attribute and the end of the login are the key."""

ORDER_DAY = datetime(2026, 5, 10, 4, 0)
REVIEW_DAY = date(2026, 6, 30)
THRESHOLDS = {"a": 80, "b": 60, "c": 35, "d": 0}


class GradeCase(DepartmentCase):
    """A company of its own in China, whose customers and schemes are all made here.

    Its calendar stands on Asia/Shanghai, its currency is CNY.
    """

    ROLES = GROUPS
    LOGIN = "grade"
    COMPANY = "Outsole Works"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.grade = {
            key: cls.env.ref(f"customer_grade.customer_grade_{key}") for key in ("a", "b", "c", "d", "unrated")
        }
        cls.product = cls.env["product.product"].create({
            "name": "Outsole",
            "type": "service",
            "list_price": 100.0,
            "taxes_id": [Command.clear()],
        })

    # ------------------------------------------------------------------
    # Companies and currencies
    # ------------------------------------------------------------------

    @classmethod
    def _rate(cls, currency, rate, day="2020-01-01", company=None):
        """Give a currency a rate: so many units for one CNY."""
        return cls.env["res.currency.rate"].create({
            "currency_id": currency.id,
            "rate": rate,
            "name": day,
            "company_id": (company or cls.company).id,
        })

    # ------------------------------------------------------------------
    # Customers and orders
    # ------------------------------------------------------------------

    @classmethod
    def _customers(cls, *names, **values):
        return cls.env["res.partner"].create([{"name": name, "is_company": True, **values} for name in names])

    @classmethod
    def _order(cls, partner, amount, moment=ORDER_DAY, **values):
        """Confirm an order of ``amount``, dated ``moment`` (naive UTC)."""
        return cls._orders([(partner, amount)], moment, **values)

    @classmethod
    def _orders(cls, amounts, moment=ORDER_DAY, company=None, confirm=True, **values):
        """Confirm one order for each ``(partner, amount)``."""
        orders = (
            cls
            .env["sale.order"]
            .with_company(company or cls.company)
            .create([
                {
                    "partner_id": partner.id,
                    "company_id": (company or cls.company).id,
                    "date_order": moment,
                    "order_line": [
                        Command.create({
                            "product_id": cls.product.id,
                            "product_uom_qty": 1 if amount >= 0 else -1,
                            "price_unit": abs(amount),
                            "tax_ids": [Command.clear()],
                        })
                    ],
                    **values,
                }
                for partner, amount in amounts
            ])
        )
        if confirm:
            orders.action_confirm()
            orders.write({"date_order": moment})
        return orders

    # ------------------------------------------------------------------
    # Schemes and reviews
    # ------------------------------------------------------------------

    @classmethod
    def _bands(cls, *steps):
        """Return commands for bands: ``(lower or None, points)`` in rising order."""
        ends = [*(lower for lower, _points in steps[1:]), None]
        return [
            Command.create({
                "open_below": lower is None,
                "lower": lower or 0.0,
                "open_above": upper is None,
                "upper": upper or 0.0,
                "points": points,
            })
            for (lower, points), upper in zip(steps, ends, strict=True)
        ]

    @classmethod
    def _criterion(cls, metric="revenue", steps=((None, 0), (100, 40), (1000, 65), (10000, 90)), **values):
        """Return the command for a criterion scored by bands."""
        return Command.create({"metric": metric, "method": "bands", "band_ids": cls._bands(*steps), **values})

    @classmethod
    def _scheme(cls, activate=True, company=None, thresholds=None, **values):
        """Create a scheme: revenue alone, from 100 C, from 1,000 B, from 10,000 A."""
        company = company or cls.company
        scheme = (
            cls
            .env["customer.grading.scheme"]
            .with_company(company)
            .create({
                "name": "Standard",
                "company_id": company.id,
                "user_id": cls.manager.id,
                "criterion_ids": [cls._criterion()],
                "threshold_ids": [
                    Command.create({"grade_id": cls.grade[key].id, "minimum": minimum})
                    for key, minimum in (thresholds or THRESHOLDS).items()
                ],
                **values,
            })
        )
        if activate:
            scheme.action_activate()
        # Days that follow from today's are computed now: the caller may have frozen the time.
        scheme.flush_recordset()
        return scheme

    @classmethod
    def _review(cls, scheme, day=REVIEW_DAY, compute=True, user=None):
        review = cls.env["customer.grade.review"].create({"scheme_id": scheme.id, "date": day})
        review = review.with_user(user) if user else review
        if compute:
            review.action_compute()
        return review

    @classmethod
    def _applied(cls, scheme, day=REVIEW_DAY):
        """Return a review whose proposals were all accepted and applied."""
        review = cls._review(scheme, day)
        review.action_accept_all()
        review.action_decide()
        review.action_apply()
        return review

    @staticmethod
    def _of(review, partner):
        """Return the assessment of one customer in a review."""
        return review.assessment_ids.filtered(lambda assessment: assessment.partner_id == partner)

    def _grades(self, partners, company=None):
        """Return the codes of the valid grades, in the order of the partners."""
        partners.invalidate_recordset(["customer_grade_id"])
        return [partner.customer_grade_id.code or None for partner in partners.with_company(company or self.company)]

    def _said(self, record):
        """Return the last change of the grade in the chatter of a record: ``(grade before, grade after)``."""
        value = record.message_ids[0].tracking_value_ids
        self.assertEqual(value.field_id.name, "customer_grade_id")
        return value.old_value_char, value.new_value_char

    def _history(self, partner):
        """Return the applied assessments of a customer, oldest first."""
        return self.env["customer.grade.assessment"].search(
            [("partner_id", "=", partner.id), ("state", "=", "applied")], order="id"
        )
