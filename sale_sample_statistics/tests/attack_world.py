"""What records of this addon need, for the record factory of the tests."""

from odoo.addons.sales_department_base.tests.record_factory import NOW


def _accepted(world):
    """Return the row of a request that was handed over and accepted once."""
    request = world.make("sale.sample.request")
    step = {
        "request_id": request.id,
        "company_id": world.company.id,
        "user_id": world.user.id,
        "entered_at": NOW,
        "left_at": NOW,
    }
    world.env["sale.sample.step"].create([{**step, "step": "submitted"}, {**step, "step": "accepted"}])
    world.env.flush_all()
    return world.env["sale.sample.cycle"].search([("request_id", "=", request.id)], limit=1)


def fill(factory):
    """A cycle is a row of a finished part of a request."""
    factory.set_record("sale.sample.cycle", _accepted)
