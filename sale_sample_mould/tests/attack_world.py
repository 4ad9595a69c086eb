"""What records of this addon need, for the record factory of the tests."""


def fill(factory):
    """A mould belongs to a request of the world; a rule holds for one grade of its own."""
    factory.set_values("sale.sample.mould", request_id=lambda world: world.make("sale.sample.request"))
    factory.set_values("sale.sample.mould.rule", grade_id=lambda world: world.make("customer.grade"))
