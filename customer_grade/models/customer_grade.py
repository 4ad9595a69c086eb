from collections.abc import Mapping
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.sales_department_base.records import fill_count, refuse

from .customer_graded_mixin import GRADE_READERS


class CustomerGrade(models.Model):
    """Value class of a customer (A, B, C, D), or "not rated yet"."""

    _name = "customer.grade"
    _description = "Customer Grade"
    _inherit = ["sales.department.closed.mixin"]
    _fixed_fields = frozenset({"company_id"})  # no company claims a grade of all of them
    _order = "sequence, id"
    _check_company_auto = True
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short sign of the grade, the same in every language. Spreadsheets may use it."
    )
    sequence = fields.Integer(default=10, help="The best grade comes first.")
    color = fields.Integer()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty to share the grade between all companies."
    )
    is_unrated = fields.Boolean(
        "Unrated", help="Given to customers whose history is too short to be judged. It has no place in the ranking."
    )
    description = fields.Text(translate=True, help="What the grade means and what the customer may expect.")
    pricelist_id = fields.Many2one(
        "product.pricelist",
        "Proposed Pricelist",
        check_company=True,
        help="Proposed for customers of this grade; a person decides.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        "Proposed Payment Terms",
        check_company=True,
        help="Proposed for customers of this grade; a person decides.",
    )
    partner_count = fields.Integer("Customers", compute="_compute_partner_count", groups=GRADE_READERS)

    _code_company_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE active IS TRUE", "Another grade of this company already has this code."
    )
    _unrated_company_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE is_unrated IS TRUE AND active IS TRUE",
        "There is already an “unrated” grade: one is enough.",
    )

    @api.depends_context("company")
    def _compute_partner_count(self):
        customers = [("is_commercial_partner", "=", True)]
        fill_count(self, "partner_count", self.env["res.partner"], "customer_grade_id", customers)

    def write(self, vals):
        if vals.get("active") is False:
            self._check_not_in_force()
        return super().write(vals)

    def _check_not_in_force(self) -> None:
        """Refuse to archive grades that a scheme in force gives.

        :raise UserError: names the grades and the scheme
        """
        Threshold = self.env["customer.grading.threshold"].sudo()  # sudo: schemes of other companies, too
        thresholds = Threshold.search([("grade_id", "in", self.ids), ("scheme_id.state", "=", "active")])
        if thresholds:
            raise UserError(
                self.env._(
                    "%(scheme)s gives grade %(grades)s: retire the scheme, or activate a version without it, before you "
                    "archive the grade.",
                    scheme=thresholds[0].scheme_id.display_name,
                    grades=", ".join(thresholds.grade_id.mapped("name")),
                )
            )

    def unlink(self):
        self.check_access("unlink")
        self._drop_hidden_drafts()
        return super().unlink()

    def _drop_hidden_drafts(self) -> None:
        """Drop the drafts of simulations that name these grades, which would hold on to them until the night."""
        for model in ("customer.grading.threshold", "customer.grading.veto"):
            rules = self.env[model].sudo()  # sudo: drafts that only their users see
            drafts = rules.search([("grade_id", "in", self.ids), ("scheme_id.active", "=", False)]).scheme_id
            drafts.unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        refuse(
            self.filtered(lambda grade: grade._is_used()),
            self.env._(
                "Grades that schemes or grade histories use cannot be deleted: %(names)s. Archive them instead."
            ),
        )

    def _is_used(self) -> bool:
        """Tell whether a scheme or a history names this grade. The first entry found answers."""
        self.ensure_one()
        thresholds = self.env["customer.grading.threshold"].sudo()  # sudo: other companies' use counts, too
        history = self.env["customer.grade.assessment"].sudo()  # sudo: as above
        return bool(
            thresholds.search_count([("grade_id", "=", self.id)], limit=1)
            or history.search_count(
                Domain.OR(
                    Domain(name, "=", self.id)
                    for name in ("grade_id", "previous_grade_id", "proposed_grade_id", "by_score_grade_id")
                ),
                limit=1,
            )
        )

    def copy_data(self, default=None):
        default = dict(default or {})
        return [
            dict(
                vals,
                name=default.get("name") or self.env._("%s (copy)", grade.name),
                code=default.get("code") or self.env._("%s (copy)", grade.code),
                is_unrated=False,
            )
            for grade, vals in zip(self, super().copy_data(default=default), strict=True)
        ]

    @api.model
    def _get_unrated(self, company) -> "CustomerGrade":
        """Return the "unrated" grade of a company: its own, else the shared one."""
        return self.search(
            [("is_unrated", "=", True), ("company_id", "in", [company.id, False])], order="company_id", limit=1
        )

    @api.model
    def _get_ranks(self) -> dict[int, int]:
        """Return the place of each grade, best first; the unrated have none. Archived ones keep theirs."""
        grades = self.with_context(active_test=False).search([("is_unrated", "=", False)])
        return {grade.id: place for place, grade in enumerate(grades)}

    @api.model
    def _get_migration_matrix(self, cells: Mapping[str, Mapping[str, float]], company) -> dict[str, Any]:
        """Return the value of the ``grade_migration_matrix`` widget.

        :param cells: count and revenue by ``"from,to"``, grade ids or 0 for "no grade"
        :param company: whose grades are the columns; those used in the cells come in any case
        :return: ``grades`` (id, name, color, unrated) best first, ``ungraded_after``,
            ``cells`` and ``currency_id``
        """
        used = {int(key) for pair in cells for key in pair.split(",")}
        known = self.with_context(active_test=False).search(
            Domain("id", "in", list(used))
            | (Domain("active", "=", True) & Domain("company_id", "in", [company.id, False]))
        )
        return {
            "grades": [
                {"id": grade.id, "name": grade.name, "color": grade.color, "unrated": grade.is_unrated}
                for grade in known
            ],
            "ungraded_after": any(pair.endswith(",0") for pair in cells),
            "cells": dict(cells),
            "currency_id": company.currency_id.id,
        }

    def action_view_partners(self) -> dict:
        """Open the customers that hold this grade in the current company."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id("customer_grade.res_partner_action_grade")
        action["domain"] = [("customer_grade_id", "=", self.id), ("is_commercial_partner", "=", True)]
        action["display_name"] = self.env._("Customers of grade %s", self.name)
        return action
