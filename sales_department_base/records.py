"""Guards and counts that work on records; the rules that need none are in `tools/`."""

from odoo.exceptions import UserError


def get_names(records, most: int = 10) -> str:
    """Return the names of records for a message, a number where one has none, and how many more there are."""
    names = [record.display_name or f"#{record.id}" for record in records[:most]]
    more = len(records) - most
    return ", ".join([*names, f"… (+{more})"] if more > 0 else names)


def refuse(records, message: str, error: type[UserError] = UserError) -> None:
    """Refuse what is asked of some records, if there are any.

    The usual guard of an action, a deletion or a constraint::

        refuse(
            self.filtered(lambda plan: plan.state != "draft"),
            self.env._("%(names)s has begun and cannot be deleted. Cancel it instead."),
        )

    :param message: translated; ``%(names)s`` stands for the records
    :raise UserError: there are records, or ``error``, a subclass of it
    """
    if records:
        raise error(message % {"names": get_names(records)})


def fill_count(records, name: str, linked, link: str, domain=()) -> None:
    """Compute the field that counts what is linked to each record: the number on a smart button. One query.

    :param name: of the field to set
    :param linked: the model whose records count, in the environment that may see them
    :param link: its many2one field to the records
    :param domain: which of them count, all by default
    """
    counts = dict(linked._read_group([(link, "in", records.ids), *domain], [link], ["__count"]))
    for record in records:
        record[name] = counts.get(record._origin, 0)


def used_by(records, linked, link: str):
    """Return those of the records that something is linked to. One query.

    :param linked: the model to look in, as somebody who sees all of it
    :param link: its many2one field to the records
    """
    return records.browse().union(*(record for [record] in linked._read_group([(link, "in", records.ids)], [link])))
