"""What records of this addon need, for the record factory of the tests."""


def fill(factory):
    """An expense is of an employee."""
    factory.set_values(
        "hr.expense", name=lambda world: f"{world.marker} expense", employee_id=lambda world: world.make("hr.employee")
    )
    factory.set_values("hr.employee", name=lambda world: f"Employee {world.key}")
