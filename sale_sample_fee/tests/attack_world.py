"""What records of this addon need, for the record factory of the tests."""


def fill(factory):
    """A policy holds for one grade of its own."""
    factory.set_values("sale.sample.fee.policy", grade_id=lambda world: world.make("customer.grade"))
