from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.target import Entry, difference

#: What is read of a row, and copied where it is taken back.
ROW_FIELDS = [
    "line_id",
    "kind",
    "origin",
    "amount",
    "date",
    "partner_id",
    "user_id",
    "team_id",
    "res_model",
    "res_id",
    "document_name",
    "source_model",
    "source_id",
    "source_paper",
    "source_bill",
    "source_number",
    "source_name",
    "bill_follows",
]
#: Whether a bill follows on cost that was entered by hand, as the arithmetic knows it.
AWAITS_BILL = {"yes": True, "no": False}


class SaleBudgetEntry(models.Model):
    """The ledger of the budgets: what was reserved, released and spent, by document.

    Rows are only added. Nobody has a right to create them; ``_book`` writes them as superuser, under the lock of the
    budget line. The callers bring facts, and ``_book`` adds what follows from them.
    """

    _name = "sale.budget.entry"
    _description = "Budget Ledger Entry"
    _inherit = ["sales.department.append.only.mixin", "sales.department.closed.mixin"]
    _order = "date desc, id desc"
    _rec_name = "document_name"

    line_id = fields.Many2one("sale.budget.line", "Budget Line", required=True, index=True, ondelete="restrict")
    budget_id = fields.Many2one(related="line_id.budget_id", store=True, precompute=True, index=True)
    purpose_id = fields.Many2one(related="line_id.purpose_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection([("commitment", "Commitment"), ("actual", "Actual")], required=True)
    origin = fields.Selection(
        [
            ("commit", "Reserved"),
            ("release", "Released"),
            ("spend", "Spent, Entered by Hand"),
            ("correct", "Entry by Hand Corrected"),
            ("source", "Spent, from Accounting"),
            ("offset", "Entry by Hand Replaced"),
        ],
        required=True,
    )
    amount = fields.Monetary(required=True)
    overspend_amount = fields.Monetary("Over Budget", help="Part of the amount that the budget did not cover")
    date = fields.Date(required=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", index="btree_not_null")
    user_id = fields.Many2one("res.users", "Salesperson", index="btree_not_null")
    team_id = fields.Many2one("crm.team", "Sales Team", index="btree_not_null")
    res_model = fields.Char("Document Model", index=True)
    res_id = fields.Many2oneReference("Document ID", model_field="res_model")
    document_name = fields.Char("Document")
    source_model = fields.Char(help="Accounting record that the row was made from")
    source_id = fields.Many2oneReference("Source ID", model_field="source_model")
    source_paper = fields.Char("Paper of the Source", help="Bill or credit note on which the source stands")
    source_bill = fields.Char("Bill of the Source", help="Bill that the source belongs to, or takes back")
    source_number = fields.Integer(aggregator=None, help="Counts the changes of what one source costs")
    source_name = fields.Char("Source")
    bill_follows = fields.Selection(
        [("yes", "A bill follows"), ("no", "No bill follows")],
        "Bill",
        help="What was said when the cost was entered by hand. A bill first replaces cost on which one was to follow, and "
        "never cost on which none was",
    )
    reason = fields.Char(help="Why it was let through over budget, or cost more than was approved")
    note = fields.Char()

    _source_once = models.UniqueIndex(
        "(source_model, source_id, source_number, origin, kind) WHERE source_id IS NOT NULL",
        "This source is counted already.",
    )
    _document_idx = models.Index("(res_model, res_id)")

    # ------------------------------------------------------------------
    # The ledger is closed
    # ------------------------------------------------------------------

    def _append_only_refusal(self):
        return self.env._(
            "The budget ledger is only added to. Correct %(document)s itself: cancel it, record its cost, "
            "or reset its bill.",
            document=self[0].document_name or self[0].source_name or self[0].display_name,
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_document(self) -> dict:
        """Open the document, or the accounting record where there is no document.

        :raise UserError: it was deleted
        """
        self.ensure_one()
        self.check_access("read")
        model, id_ = (self.res_model, self.res_id) if self.res_model else (self.source_model, self.source_id)
        record = self.env[model].browse(id_).exists() if model in self.env else None
        if not record:
            raise UserError(
                self.env._(
                    "%(document)s does not exist any more. The ledger keeps what it cost.",
                    document=self.document_name or self.source_name or "",
                )
            )
        return self._get_record_to_open(record)._get_records_action()

    @api.model
    def _get_record_to_open(self, record):
        """Return what to show for a document or source. Extension point for glue addons."""
        return record.move_id if record._name == "account.move.line" else record

    # ------------------------------------------------------------------
    # Facts, and what follows from them
    # ------------------------------------------------------------------

    @api.model
    def _book(self, facts: list[dict]) -> "SaleBudgetEntry":
        """Add facts to the ledger, and what their documents hold differently because of them.

        What a document should hold is worked out from all its facts as they stand now (see ``tools.target``); only
        what is missing in the ledger is added. The owners are told of lines that run low, of what is counted in a budget
        that is not in force or goes over it, and of documents that cost more than was approved.

        The caller holds the lock of the lines and has checked what is to be checked. One query for each model of
        documents, and the inserts.

        :param facts: values of the rows. A release brings no amount: it gives back what is left
        """
        ledger = self.sudo()  # sudo: nobody has a right to write the ledger
        by_document = defaultdict(list)
        for fact in facts:
            if fact["res_model"]:
                by_document[fact["res_model"], fact["res_id"]].append(fact)
        rows = list(facts)
        for document, before in ledger._read_rows("res", by_document).items():
            new = by_document[document]
            reserved_on = [row["date"] for row in before + new if row["origin"] == "commit"]
            for line, missing in difference([_as_entry(row) for row in before + new]).items():
                fact = next((row for row in reversed(new) if row["line_id"] == line), None)
                if fact and fact["origin"] == "release":
                    fact["amount"] = float(missing.reserved)
                    continue
                follows = {
                    **(fact or new[-1]),
                    "line_id": line,
                    "overspend_amount": 0.0,
                    "reason": False,
                    "bill_follows": False,
                }
                if follows["origin"] == "commit":
                    follows["origin"] = "spend"
                if missing.reserved:
                    date = reserved_on[-1] if reserved_on else follows["date"]
                    rows.append({**follows, "kind": "commitment", "amount": float(missing.reserved), "date": date})
                if missing.actual:
                    rows.append({**follows, "kind": "actual", "origin": "offset", "amount": float(missing.actual)})
        entries = ledger.create(rows)
        spent = entries.filtered(lambda entry: entry.res_model and entry.kind == "actual")
        for model, ids in _ids_by_model(by_document).items():
            documents = ledger.env[model].browse(ids)  # whoever posts a bill need not see whose request it pays
            documents.invalidate_recordset(documents._budget_figures)
            of_model = spent.filtered(lambda entry, model=model: entry.res_model == model)
            reasons = {entry.res_id: entry.reason for entry in of_model if entry.reason}
            documents.browse(set(of_model.mapped("res_id")))._budget_cost_changed(reasons)
        entries.line_id._notify_thresholds()
        entries.line_id._tell_owners(entries)
        return entries

    def _read_rows(self, prefix: str, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], list[dict]]:
        """Return the rows of each document (prefix “res”) or source (“source”), as they were added."""
        rows = {key: [] for key in keys}
        for model, ids in _ids_by_model(keys).items():
            domain = [(f"{prefix}_model", "=", model), (f"{prefix}_id", "in", ids)]
            for row in self.search_read(domain, ROW_FIELDS, order="id", load=None):
                rows[model, row[f"{prefix}_id"]].append({name: row[name] for name in ROW_FIELDS})
        return rows

    @api.model
    def _get_next_source(self, source) -> dict:
        """Return the values that name the record of which a cost is entered by hand, counting its rows."""
        domain = [("source_model", "=", source._name), ("source_id", "=", source.id)]
        ledger = self.sudo()  # sudo: the rows of everybody count
        [[last]] = ledger._read_group(domain, [], ["source_number:max"])
        return {"source_model": source._name, "source_id": source.id, "source_number": (last or 0) + 1}

    @api.model
    def _say_bill_follows(self, bill_follows: bool | None) -> str | bool:
        """Return whether a bill follows, as the ledger keeps it."""
        return next((said for said, follows in AWAITS_BILL.items() if follows is bill_follows), False)

    # ------------------------------------------------------------------
    # Actual cost out of accounting, counted once
    # ------------------------------------------------------------------

    @api.model
    def _sync_sources(self, sources: Iterable[dict]) -> None:
        """Make the ledger say what these accounting records cost, by adding rows.

        A source that counts as before adds nothing, so calling twice counts once. Of one that changed, the difference
        is added. It turns the reservation of its document into actual cost, and replaces cost that was entered by hand
        before the bill came (see ``tools.target``).

        The money is spent whether the budget covers it or not, and whether it is in force or not: what goes over, and what
        is counted in a budget that is closed or back in draft, is told to the owner, not refused.

        The number of queries does not grow with the sources.

        :param sources: the row that should count each record, with the amount 0 where it does not count now; see
            :meth:`sale.budget.source.mixin._get_sale_budget_source`
        """
        by_key = {(source["source_model"], source["source_id"]): source for source in sources}
        ledger = self.sudo()  # sudo: accountants have no right to write the ledger
        rows = ledger._read_rows("source", by_key)
        lines = self.env["sale.budget.line"].sudo()  # sudo: accountants may not see every budget
        concerned = {row["line_id"] for of_source in (by_key.values(), *rows.values()) for row in of_source}
        lines.browse(concerned - {False})._lock_money()
        changes = []
        for key, source in by_key.items():
            changes += ledger._prepare_changes(source, rows[key])
        if changes:
            ledger._book(changes)

    def _prepare_changes(self, source: dict, rows: list[dict]) -> list[dict]:
        """Return the rows that turn what is counted of a source into what it costs now.

        :param source: the row that should count it
        :param rows: those that are there, as they were added
        """
        counted: dict[tuple, float] = defaultdict(float)
        last = {}
        for row in rows:
            if row["origin"] == "source" and row["kind"] == "actual":
                counted[_place(row)] += row["amount"]
                last[_place(row)] = row
        if source["amount"]:
            last[_place(source)] = source
        number = max((row["source_number"] for row in rows), default=0)
        changes = []
        for place, row in last.items():
            # differences below a millionth are noise of floating point
            amount = round((source["amount"] if row is source else 0.0) - counted[place], 6)
            if amount:
                number += 1
                changes.append({**row, "amount": amount, "source_number": number})
        return changes


def _as_entry(row: dict) -> Entry:
    """Return the values of a row as the arithmetic knows it."""
    source = (row["source_model"], row["source_id"]) if row.get("source_id") else None
    return Entry(
        row["line_id"],
        row["kind"],
        row["origin"],
        Decimal(str(row["amount"])),
        source,
        row.get("source_paper") or None,
        row.get("source_bill") or None,
        AWAITS_BILL.get(row.get("bill_follows")),
    )


def _place(row: dict) -> tuple:
    """Return document and budget line of a row: where its cost counts."""
    return row["res_model"] or False, row["res_id"] or False, row["line_id"]


def _ids_by_model(keys: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    by_model: dict[str, list[int]] = {}
    for model, id_ in keys:
        by_model.setdefault(model, []).append(id_)
    return by_model
