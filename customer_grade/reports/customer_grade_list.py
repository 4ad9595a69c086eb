import json
from typing import Any, NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount, formatLang

from ..tools.assessment import movement
from ..tools.migration import Migration, Move

ROWS_A_TABLE = 200
"""wkhtmltopdf needs far more than twice the time for a table of twice the rows."""

PRINTED_AT_MOST = 10_000
"""Customers of one print, unless the system parameter ``customer_grade.print_limit`` says otherwise."""


class ListRow(NamedTuple):
    """One customer of the printed grade list, as the query gives it."""

    name: str
    city: str | None
    salesperson: str | None
    revenue: float | None
    score: float | None
    before: int | None
    after: int | None
    decision: str | None
    reason: str | None
    reasons: list[dict[str, Any]] | None


class CustomerGradeList(models.AbstractModel):
    """The printed grade list: customers by grade, and how they moved.

    Two reports print it, of a review and of chosen customers. Everything is read by one
    query, whatever the number of customers, under the record rules of the reader: a
    salesperson prints the own customers.
    """

    _name = "customer.grade.list"
    _description = "Printed Grade List"

    @api.model
    def _query_rows(self, query: SQL, printed: int = 0) -> list[ListRow]:
        """Run a query that gives the columns of :class:`ListRow`, those with the most revenue first.

        :param printed: customers that are in the same print already
        :raise UserError: there are more than one print may have
        """
        limit = self._get_print_limit()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) list ORDER BY revenue DESC NULLS LAST, name LIMIT %s",
                query,
                max(limit - printed, 0) + 1,
            )
        )
        if len(rows) + printed > limit:
            raise UserError(
                self.env._(
                    "A print holds at most %(limit)s customers, and these are more. Filter them, for example by salesperson "
                    "or grade, and print part by part; or mark them in the list and export them with “Export” (XLSX or "
                    "CSV). An administrator may raise the limit (system parameter customer_grade.print_limit).",
                    limit=formatLang(self.env, limit, digits=0),
                )
            )
        return [ListRow(*row) for row in rows]

    @api.model
    def _get_print_limit(self) -> int:
        """Return how many customers one print may have."""
        parameters = self.env["ir.config_parameter"].sudo()  # sudo: users do not read parameters
        limit = parameters.get_param("customer_grade.print_limit") or ""
        return int(limit) if limit.isdecimal() and int(limit) else PRINTED_AT_MOST

    @api.model
    def _get_list(self, rows: list[ListRow], company, *, prospects: bool = False) -> dict[str, Any]:
        """Return the list as the template prints it.

        :param rows: customers of one company, those with the most revenue first
        :param prospects: the rows are prospects, and their revenue is expected
        """
        migration = Migration()
        for row in rows:
            migration.add(Move(row.before, row.after, float(row.revenue or 0.0)))
        matrix = self.env["customer.grade"]._get_migration_matrix(migration.cells, company)
        names = {grade["id"]: grade["name"] for grade in matrix["grades"]} | {0: self.env._("No grade")}
        ranked = [grade["id"] for grade in matrix["grades"] if not grade["unrated"]]
        rank = {grade: place for place, grade in enumerate(ranked)}
        by_grade: dict[int, list[ListRow]] = {grade: [] for grade in names}
        for row in rows:
            by_grade[row.after or 0].append(row)
        totals = [
            self._get_total(names[grade], own, rank, len(rows), company) for grade, own in by_grade.items() if own
        ]
        return {
            "company": company,
            "count": len(rows),
            "prospects": prospects,
            "note": self._get_note(migration, prospects),
            "matrix": self._get_matrix_rows(matrix, migration, company),
            "totals": totals,
            "groups": [
                {
                    "title": self._get_group_title(names[grade], len(own), prospects),
                    "tables": [
                        [self._get_line(row, names, rank, company) for row in own[start : start + ROWS_A_TABLE]]
                        for start in range(0, len(own), ROWS_A_TABLE)
                    ],
                }
                for grade, own in by_grade.items()
                if own
            ],
        }

    def _get_note(self, migration: Migration, prospects: bool) -> str:
        if prospects:
            return self.env._(
                "%(moved)s of %(prospects)s prospects changed their grade. Rows: the grade before. Columns: the grade after.",
                moved=migration.moved,
                prospects=migration.count,
            )
        return self.env._(
            "%(moved)s of %(customers)s customers changed their grade. Rows: the grade before. Columns: the grade after.",
            moved=migration.moved,
            customers=migration.count,
        )

    def _get_group_title(self, grade: str, count: int, prospects: bool) -> str:
        if prospects:
            return self.env._("Grade %(grade)s: %(count)s prospects", grade=grade, count=count)
        return self.env._("Grade %(grade)s: %(count)s customers", grade=grade, count=count)

    def _get_total(
        self, name: str, rows: list[ListRow], rank: dict[int, int], everyone: int, company
    ) -> dict[str, Any]:
        """Return the totals of one grade."""
        scores = [row.score for row in rows if row.score is not None]
        moves = [movement(row.before, row.after, rank) for row in rows]
        return {
            "name": name,
            "count": len(rows),
            "share": f"{100.0 * len(rows) / everyone:.0f}%",
            "revenue": self._money(sum(float(row.revenue or 0.0) for row in rows), company),
            "score": formatLang(self.env, sum(scores) / len(scores), digits=1) if scores else "",
            **{direction: moves.count(direction) for direction in ("up", "down", "new", "same")},
        }

    def _get_matrix_rows(self, matrix: dict[str, Any], migration: Migration, company) -> dict[str, Any]:
        """Return the migration matrix as rows of cells, with its totals."""
        nothing = {"id": 0, "name": self.env._("No grade"), "unrated": True}
        columns = [*matrix["grades"], *([nothing] if matrix["ungraded_after"] else [])]
        before = [*matrix["grades"], *([nothing] if any(pair.startswith("0,") for pair in migration.cells) else [])]

        def cell(left: dict, right: dict) -> dict[str, Any]:
            own = migration.cells.get(f"{left['id']},{right['id']}")
            same = left["id"] == right["id"]
            return {
                "count": own["count"] if own else "",
                "revenue": self._money(own["revenue"], company) if own else "",
                "kind": "same" if same else "",
            }

        return {
            "columns": [column["name"] for column in columns],
            "rows": [
                {
                    "name": left["name"],
                    "cells": [cell(left, right) for right in columns],
                    "total": migration.totals[left["id"]].count_before if left["id"] in migration.totals else 0,
                }
                for left in before
            ],
            "totals": [
                migration.totals[right["id"]].count_after if right["id"] in migration.totals else 0 for right in columns
            ],
            "count": migration.count,
            "moved": migration.moved,
        }

    def _get_line(self, row: ListRow, names: dict[int, str], rank: dict[int, int], company) -> dict[str, Any]:
        """Return one customer as printed."""
        direction = movement(row.before, row.after, rank)
        return {
            "name": row.name,
            "city": row.city or "",
            "salesperson": row.salesperson or "",
            "revenue": "" if row.revenue is None else self._money(float(row.revenue), company),
            "score": "" if row.score is None else formatLang(self.env, row.score, digits=1),
            "before": names[row.before or 0] if row.before else "–",
            "after": names[row.after or 0] if row.after else "–",
            "direction": direction,
            "remark": self._get_remark(row, direction, company),
        }

    def _get_remark(self, row: ListRow, direction: str, company) -> str:
        """Say what was decided where it was not simply accepted, and why."""
        parts = []
        if row.decision and (row.decision != "accepted" or direction != "same"):
            field = self.env["customer.grade.assessment"]._fields["decision"]
            parts.append(dict(field._description_selection(self.env))[row.decision])
        if row.reason:
            parts.append(row.reason)
        remark = ": ".join(parts)
        reasons = row.reasons or []
        if isinstance(reasons, str):
            reasons = json.loads(reasons)
        # Any assessment can say it: the sentence needs the company alone.
        speaker = self.env["customer.grade.assessment"].new({"company_id": company.id}) if reasons else None
        return " · ".join(filter(None, [remark, *(speaker._reason_sentence(reason) for reason in reasons)]))

    def _money(self, amount: float, company) -> str:
        return format_amount(self.env, round(amount), company.currency_id, trailing_zeroes=False)
