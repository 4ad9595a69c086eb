"""What records of this addon need, for the record factory of the tests."""

#: A field of the customer for each world to ask for: no two may ask for the same.
ASKED = ("website", "street", "city", "zip", "function", "vat", "street2", "comment")


def fill(factory):
    """A requirement asks for a field of the customer."""
    factory.set_values(
        "customer.file.requirement",
        company_id=lambda world: world.company,
        field_id=lambda world: world.env["ir.model.fields"]._get("res.partner", ASKED[world.number % len(ASKED)]),
    )
    factory.set_values(
        "customer.file.gap", field_name=lambda world: world.make("customer.file.requirement").field_name
    )
