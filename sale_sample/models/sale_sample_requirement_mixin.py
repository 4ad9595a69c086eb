from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sales_department_base.records import refuse


class SaleSampleRequirementMixin(models.AbstractModel):
    """A line of a requirement: it changes only while the request itself may, or while a revision is drafted.

    Lines stay with the revision they were written for, so that a round of the past keeps its limits. The lines of the
    request are those of its present revision; before the first change is proposed they have none.
    """

    _name = "sale.sample.requirement.mixin"
    _description = "Line of a Sample's Requirement"
    _inherit = ["sales.department.closed.mixin"]
    _fixed_fields = frozenset({"revision_id"})

    revision_id = fields.Many2one("sale.sample.revision", index="btree_not_null", ondelete="cascade", copy=False)
    is_current = fields.Boolean(
        "Now Asked For",
        compute="_compute_is_current",
        store=True,
        precompute=True,
        help="The line belongs to the present revision of the request",
    )

    @api.depends("revision_id", "request_id.revision_id")
    def _compute_is_current(self):
        for line in self:
            line.is_current = line.revision_id == line.request_id.revision_id

    @api.constrains("revision_id")
    def _check_revision(self):
        refuse(
            self.filtered(lambda line: line.revision_id and line.revision_id.request_id != line.request_id),
            self.env._("%(names)s: the revision belongs to another request. Add the line to one of its own revisions."),
            ValidationError,
        )

    def _check_request_open(self) -> None:
        """Refuse changes while R&D works from the requirement, but those of a revision that is being drafted.

        :raises UserError: naming the requests, or the revisions
        """
        if not self.env.su:
            drafted = self.filtered("revision_id")
            (self - drafted).request_id._check_requirement_open()
            drafted.revision_id._check_drafted()

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._complete(vals) for vals in vals_list]
        lines = super().create(vals_list)
        lines._check_request_open()
        return lines

    @api.model
    def _complete(self, vals: dict) -> dict:
        """Return the values of a line with its request, which follows from its revision."""
        if not vals.get("revision_id") or vals.get("request_id"):
            return vals
        revision = self.env["sale.sample.revision"].browse(vals["revision_id"])
        return {**vals, "request_id": revision.sudo().request_id.id}  # sudo: asked for once the line is there

    def write(self, vals):
        self._check_request_open()
        result = super().write(vals)
        if "request_id" in vals:
            self._check_request_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_over(self):
        self._check_request_open()
