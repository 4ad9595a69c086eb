"""How properties are tried: with the same examples in every run, and no limit of time on a busy machine."""

from hypothesis import HealthCheck, settings

reproducible = settings(database=None, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
