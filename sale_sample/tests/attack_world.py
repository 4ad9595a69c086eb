"""What records of this addon need, for the record factory of the tests."""

from odoo.addons.sales_department_base.tests.record_factory import NOW


def _answer(world, _point):
    """Let the customer have answered the round of the point."""
    world.make("sale.sample.round").write({"state": "answered", "verdict": "changes"})


def _accepted(world):
    """Return another request, which R&D has accepted."""
    request = world.env["sale.sample.request"].create(world.get_values("sale.sample.request"))
    request.write({"state": "accepted"})
    return request


def fill(factory):
    """The request was handed over and came back once: sales still edits it, R&D sees it already."""
    factory.set_values(
        "sale.sample.request",
        submitted_at=NOW,
        product_family_id=lambda world: world.make("product.category"),
        lead_id=lambda world: world.make("crm.lead"),
        needed_by="2026-04-30",
    )
    factory.set_values("sale.sample.size.line", size=40.0)
    factory.set_record("sale.sample.step", lambda world: world.make("sale.sample.request").step_ids[:1])
    factory.set_values("sale.sample.accept", promised_on="2026-04-01")
    factory.set_values("sale.sample.loan", borrower_user_id=lambda world: world.user)
    factory.set_settling("sale.sample.point", _answer)
    factory.set_values("sale.sample.revision", request_id=_accepted)
    factory.set_settling("sale.sample.revision", lambda _world, revision: revision.write({"state": "proposed"}))
