"""Which methods a business step calls, in order."""

from collections.abc import Mapping, Sequence


def record_calls(case, methods: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a list that from now on names the calls of some methods, until the test ends.

    A call stands as ``model.method`` without "sale.sample.", followed by its first argument where that is a short code.

    :param case: the test; its registry is patched
    :param methods: model → names of methods
    """
    calls: list[str] = []
    for model, names in methods.items():
        cls = type(case.env[model])
        for name in names:
            case.patch(cls, name, _recorder(getattr(cls, name), f"{model.removeprefix('sale.sample.')}.{name}", calls))
    return calls


def _recorder(original, label: str, calls: list[str]):
    def recorded(records, *args, **kwargs):
        code = args[0] if args and isinstance(args[0], str) and " " not in args[0] else ""
        calls.append(f"{label} {code}".rstrip())
        return original(records, *args, **kwargs)

    return recorded
