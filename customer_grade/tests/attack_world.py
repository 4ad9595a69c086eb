"""What records of this addon need, for the record factory of the tests."""


def fill(factory):
    """A scheme brings its criteria and thresholds along; a grade is of a customer."""
    factory.set_record(
        "customer.grading.criterion", lambda world: world.make("customer.grading.scheme").criterion_ids[:1]
    )
    factory.set_record(
        "customer.grading.threshold", lambda world: world.make("customer.grading.scheme").threshold_ids[:1]
    )
    factory.set_values("customer.grade.review", scheme_id=lambda world: world.make("customer.grading.scheme"))
    factory.set_values("customer.grade.assessment", grade_id=lambda world: world.make("customer.grade"))
    factory.set_settling("customer.grade.review", lambda _world, review: review.write({"state": "applied"}))
    factory.set_settling("customer.grade.assessment", lambda _world, entry: entry.write({"state": "applied"}))
