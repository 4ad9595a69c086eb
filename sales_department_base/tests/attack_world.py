"""What records of Odoo's own models and of this addon's need, for the record factory."""


def fill(factory):
    """Tell the factory what a customer, a lead and an order are made of."""
    factory.set_values("res.partner", name=lambda world: f"Customer {world.key}", is_company=True)
    factory.set_values("crm.lead", name=lambda world: f"{world.marker} lead", type="opportunity")
    factory.set_record("product.product", lambda world: world.make("product.template").product_variant_id)
    factory.set_values("account.move.line", display_type="line_note", name=lambda world: f"{world.marker} note")
    factory.set_values("sale.order", pricelist_id=False)
    factory.set_values("sale.order.line", product_id=lambda world: world.make("product.product"))
    factory.set_values(
        "resource.calendar.makeup.day", date=lambda world: f"2026-02-{10 + world.number}", calendar_id=False
    )
