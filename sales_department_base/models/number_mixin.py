from typing import ClassVar

from odoo import api, models


class SalesDepartmentNumberMixin(models.AbstractModel):
    """Documents that take their number from a sequence of their company when they are made.

    A model inherits this mixin, has a field ``name`` with the default "/" and a sequence whose code is the
    name of the model.
    """

    _name = "sales.department.number.mixin"
    _description = "Numbered Documents"

    #: Code of the sequence; by default the name of the model.
    _number_sequence: ClassVar[str | None] = None
    #: Whether users may give a number, as for documents that had one before. Code that runs as superuser may.
    _number_by_user: ClassVar[bool] = False

    @api.model
    def _prepare_create_values(self, vals_list):
        # Here, not in create: the field is closed, and what the client gave has been checked by now.
        given = [vals.get("name") for vals in vals_list]
        vals_list = super()._prepare_create_values(vals_list)
        code = self._number_sequence or self._name
        keeps = self.env.su or self._number_by_user
        for vals, name in zip(vals_list, given, strict=True):
            if not keeps or not (name or "").strip("/ "):
                company = self._get_number_company(vals)
                sequences = self.env["ir.sequence"].sudo()  # sudo: the record may be for a company not chosen now
                vals["name"] = sequences.with_company(company).next_by_code(code) or "/"
        return vals_list

    @api.model
    def _get_number_company(self, vals: dict):
        """Return the company whose sequence numbers a record that is about to be made."""
        return self.env["res.company"].browse(vals.get("company_id")) or self.env.company
