"""Shoe sizes (conversion follows)."""

SYSTEMS: tuple[str, ...] = ("cn", "eu", "uk", "us_men", "us_women", "uk_child", "us_child")
