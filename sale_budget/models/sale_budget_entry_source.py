from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date
from typing import Any

from odoo import api, models

from ..tools.money import book


@dataclass(frozen=True, slots=True)
class Source:
    """An accounting record, and what of it counts as actual cost now.

    :param record: the bill line, expense …; one record
    :param amount: in company currency; 0 when it does not count (draft, cancelled)
    :param line: budget line that pays; may be empty when `amount` is 0
    :param document: record of a model with the commitment mixin that it belongs to, or None
    :param reserved_on: day under which the document's reservation stands in the ledger
    :param values: further values of the ledger row: partner_id, user_id, team_id, note
    """

    record: Any
    amount: float
    line: Any
    date: Date
    name: str
    document: Any = None
    reserved_on: Date | None = None
    values: dict | None = None


class SaleBudgetEntry(models.Model):
    """Actual cost out of accounting, counted once."""

    _inherit = "sale.budget.entry"

    @api.model
    def _sync_sources(self, sources: Iterable[Source]) -> None:
        """Make the ledger say what these accounting records cost, by adding rows.

        A source that counts as before adds nothing, so calling twice counts once. One
        that changed has its last posting taken back, then is posted anew. A posting
        turns the reservation of its document into actual cost, and replaces cost that
        was entered by hand before the bill came (see ``tools.money.book``).

        The money is spent whether the budget covers it or not: what goes over is counted
        and told to the owner, not refused. A source in a budget that is not approved, or
        closed, is refused; taking back what was counted there is not.

        Runs in five queries and the inserts, however many sources there are.

        :raise UserError: the budget of a source is a draft or closed
        """
        sources = list(sources)
        if not sources:
            return
        ledger = self.sudo()  # sudo: accountants have no right to write the ledger
        ledger.browse()._lock_sources(sources)
        live, numbers = ledger._get_live_postings(sources)
        changed = [source for source in sources if not ledger._is_posted(source, live.get(_key(source)))]
        if not changed:
            return
        open_documents = ledger._get_open_documents(live, changed)
        rows, balances = [], ledger._get_document_balances(changed, live)
        for source in changed:
            for entry in live.get(_key(source), ()):
                document = (entry.res_model, entry.res_id)
                if entry.kind == "commitment" and document not in open_documents:
                    continue
                values = entry._prepare_reversal()
                rows.append(values)
                _change(balances, values)
        for source in changed:
            new = ledger._prepare_posting(source, numbers.get(_key(source), 0) + 1, balances)
            for values in new:
                _change(balances, values)
            rows += new
        new_lines = self.env["sale.budget.line"].union(*(s.line for s in changed if s.amount and s.line))
        new_lines.sudo()._check_open()  # sudo: accountants may not see every budget
        ledger._record(rows)

    def _lock_sources(self, sources: list[Source]) -> None:
        keys = [("source_model", "in", list({s.record._name for s in sources}))]
        keys.append(("source_id", "in", [s.record.id for s in sources]))
        named = self.env["sale.budget.line"].sudo()  # sudo: accountants may not see every budget
        (self.search(keys).line_id | named.union(*(source.line for source in sources)))._lock()

    def _get_live_postings(self, sources: list[Source]) -> tuple[dict, dict]:
        """Return the rows of each source's last posting that was not taken back, and its number."""
        by_model: dict[str, list[int]] = {}
        for source in sources:
            by_model.setdefault(source.record._name, []).append(source.record.id)
        live, numbers = {}, {}
        for model, ids in by_model.items():
            entries = self.search([("source_model", "=", model), ("source_id", "in", ids)], order="id")
            for key, of_source in entries.grouped(lambda entry: (entry.source_model, entry.source_id)).items():
                taken_back = {-entry.source_number for entry in of_source if entry.source_number < 0}
                numbers[key] = max(of_source.mapped("source_number"))
                live[key] = of_source.filtered(
                    lambda entry, gone=taken_back: entry.source_number > 0 and entry.source_number not in gone
                )
        return live, numbers

    def _is_posted(self, source: Source, entries) -> bool:
        """Tell whether the rows of its last posting already say what the source costs."""
        cost = entries.filtered(lambda entry: entry.origin == "source" and entry.kind == "actual") if entries else None
        if not cost:
            return not source.amount
        document = (source.document._name, source.document.id) if source.document else (False, 0)
        return (
            cost.line_id == source.line
            and not cost.currency_id.compare_amounts(cost.amount, source.amount)
            and (cost.res_model or False, cost.res_id or 0) == document
        )

    def _get_open_documents(self, live: dict, changed: list[Source]) -> set:
        """Return the documents among those posted whose reservation was not released since."""
        ids: dict[str, set[int]] = {}
        for source in changed:
            for entry in live.get(_key(source), ()):
                if entry.kind == "commitment":
                    ids.setdefault(entry.res_model, set()).add(entry.res_id)
        opened = set()
        for model, of_model in ids.items():
            entries = self.search(
                [("res_model", "=", model), ("res_id", "in", list(of_model)), ("origin", "in", ("commit", "release"))],
                order="id",
            )
            last = {entry.res_id: entry.origin for entry in entries}
            opened |= {(model, id_) for id_, origin in last.items() if origin == "commit"}
        return opened

    def _get_document_balances(self, changed: list[Source], live: dict) -> dict:
        """Return, by document and line, what is reserved and what was entered by hand."""
        documents: dict[str, set[int]] = {}
        for source in changed:
            if source.document:
                documents.setdefault(source.document._name, set()).add(source.document.id)
        balances: dict = {}
        for model, ids in documents.items():
            groups = self._read_group(
                [("res_model", "=", model), ("res_id", "in", list(ids))],
                ["res_id", "line_id", "kind", "origin"],
                ["amount:sum"],
            )
            for id_, line, kind, origin, amount in groups:
                _change(
                    balances,
                    {
                        "res_model": model,
                        "res_id": id_,
                        "line_id": line.id,
                        "kind": kind,
                        "origin": origin,
                        "amount": amount,
                    },
                )
        return balances

    def _prepare_reversal(self) -> dict:
        """Return the values of the row that takes this one back."""
        self.ensure_one()
        return {
            **{name: self[name] for name in ("kind", "origin", "date", "document_name", "source_name")},
            **{name: self[name].id for name in ("line_id", "partner_id", "user_id", "team_id")},
            "res_model": self.res_model,
            "res_id": self.res_id,
            "source_model": self.source_model,
            "source_id": self.source_id,
            "source_number": -self.source_number,
            "amount": -self.amount,
        }

    def _prepare_posting(self, source: Source, number: int, balances: dict) -> list[dict]:
        """Return the values of the rows that count one source."""
        if not source.amount:
            return []
        document = source.document
        common = {
            "line_id": source.line.id,
            "date": source.date,
            "source_model": source.record._name,
            "source_id": source.record.id,
            "source_number": number,
            "source_name": source.name,
            "res_model": document._name if document else False,
            "res_id": document.id if document else False,
            "document_name": document.display_name if document else source.name,
            **(source.values or {}),
        }
        reserved, manual = balances.get((common["res_model"], common["res_id"], source.line.id), (0.0, 0.0))
        booking = book(source.amount, reserved=reserved, manual=manual)
        rows = [{**common, "kind": "actual", "origin": "source", "amount": booking.actual}]
        if booking.from_reserved:
            reserved_on = source.reserved_on or source.date
            rows.append({
                **common,
                "kind": "commitment",
                "origin": "source",
                "amount": -booking.from_reserved,
                "date": reserved_on,
            })
        if booking.from_manual:
            rows.append({**common, "kind": "actual", "origin": "offset", "amount": -booking.from_manual})
        return rows


def _key(source: Source) -> tuple[str, int]:
    return source.record._name, source.record.id


def _change(balances: dict, row: dict) -> None:
    """Add one ledger row to what its document has reserved and entered by hand."""
    key = (row["res_model"], row["res_id"], row["line_id"])
    reserved, manual = balances.get(key, (0.0, 0.0))
    if row["kind"] == "commitment":
        reserved += row["amount"]
    elif row["origin"] in ("spend", "offset"):
        manual += row["amount"]
    balances[key] = (reserved, manual)
