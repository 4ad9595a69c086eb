"""What a complete customer file needs, as plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

UNASKABLE_TYPES = frozenset({"boolean", "json", "properties", "properties_definition"})
"""No is an answer, too: a file cannot lack a yes-or-no field. The others have no single value."""

NUMBER_TYPES = frozenset({"integer", "float", "monetary"})
"""Zero counts as not filled in: Odoo stores no difference between zero and nothing."""


@dataclass(frozen=True, slots=True)
class FileRequirement:
    """A field that files must have.

    :param company_id: only files of this company; None = all companies
    :param kind: ``customer``, ``prospect`` or ``all``
    :param grade_ids: only partners of these grades; empty = all, graded or not
    :param weight: share of the percentage, relative to the other fields asked for
    :param confirm_months: the value must be confirmed this often; 0 = never
    """

    id: int
    field_name: str
    company_id: int | None
    kind: str
    grade_ids: tuple[int, ...]
    weight: float
    confirm_months: int

    @property
    def specificity(self) -> int:
        """Which of two requirements of one field counts: the own company's, then the kind's."""
        return 2 * (self.company_id is not None) + (self.kind != "all")


def with_dependencies(names: Iterable[str], depends: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Return field names and all fields of the same model they are computed from.

    :param depends: ``{field name: dotted paths it depends on}``
    """
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(path.partition(".")[0] for path in depends.get(name, ()))
    return frozenset(found)
