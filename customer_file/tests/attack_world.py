"""What records of this addon need, for the record factory of the tests."""

from odoo import Command

from odoo.addons.sales_department_base.tests.record_factory import NOW

#: A field of the customer for each world to ask for: no two may ask for the same.
ASKED = ("website", "street", "city", "zip", "function", "vat", "street2", "comment")


def fill(factory):
    """A requirement asks for a field of the customer, whose file lacks it."""
    factory.set_values(
        "customer.file.requirement",
        company_id=lambda world: world.company,
        field_id=lambda world: world.env["ir.model.fields"]._get("res.partner", ASKED[world.number % len(ASKED)]),
    )
    factory.set_record("customer.file.gap", _find_gap)
    factory.set_values(
        "customer.register.change", partner_ids=lambda world: [Command.set(world.make("res.partner").ids)]
    )


def _find_gap(world):
    """Return what the customer's file lacks: gaps are computed, not made."""
    requirement, customer = world.make("customer.file.requirement"), world.make("res.partner")
    company = world.company
    if customer.with_company(company).customer_file_state != "open":
        register = world.env["customer.register.entry"].with_company(company)
        register._record(customer.commercial_partner_id, "opened", NOW.date(), "manual")
    gaps = world.env["customer.file.gap"]
    gaps._refresh(customer.commercial_partner_id.ids)
    return gaps.search([("requirement_id", "=", requirement.id), ("partner_id", "=", customer.id)], limit=1)
