from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.models import MAGIC_COLUMNS
from odoo.tools import ormcache

from odoo.addons.sales_department_base.records import fill_count

from ..tools.customer_file import UNASKABLE_TYPES, FileRequirement, with_dependencies

SETTINGS = {"field_id", "company_id", "grade_ids", "kind", "weight", "confirm_months", "active"}
"""What changes the files when it changes."""

OWN_TRIGGERS = frozenset({"customer_grade_id", "active", "company_id", "is_company", "parent_id", "user_id"})
"""Besides the fields asked for: who has a file, of which grade, in whose hands."""


class CustomerFileRequirement(models.Model):
    """A field of the customer that a complete file has, by grade and kind."""

    _name = "customer.file.requirement"
    _description = "Customer File Requirement"
    _inherit = ["mail.thread", "sales.department.closed.mixin"]
    _fixed_fields = frozenset({"company_id"})  # no company claims what is asked in all of them
    _order = "sequence, id"
    _rec_names_search = ["field_id.field_description", "field_name"]

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Leave empty to ask for the field in all companies.")
    # Kept without its field when that is removed: the gaps it explained are gone, the policy is not.
    field_id = fields.Many2one(
        "ir.model.fields",
        index=True,
        ondelete="set null",
        tracking=True,
        domain=lambda self: self._get_field_domain(),
        help="A stored field of the customer. Lists that are filled elsewhere are counted again when the customer is "
        "next saved, at the latest overnight.",
    )
    field_name = fields.Char("Technical Name", compute="_compute_field_name", store=True, index=True)
    removed_label = fields.Char("Label of the Removed Field", readonly=True)
    kind = fields.Selection(
        [("all", "Customers and Prospects"), ("customer", "Customers"), ("prospect", "Prospects")],
        required=True,
        default="all",
        tracking=True,
        help="A customer has an open customer file. A prospect has none yet, but a grade or an open opportunity.",
    )
    grade_ids = fields.Many2many(
        "customer.grade", string="Grades", tracking=True, help="Leave empty to ask for the field whatever the grade."
    )
    weight = fields.Float(default=1.0, digits=(16, 1), tracking=True, aggregator=None)
    confirm_months = fields.Integer(
        "Confirm Every (Months)",
        tracking=True,
        aggregator=None,
        help="The value must be confirmed this often; changing it confirms it, too. 0: no need to confirm.",
    )
    gap_count = fields.Integer("Files Lacking It", compute="_compute_gap_count")

    _weight_positive = models.Constraint("CHECK(weight > 0)", "The weight must be above zero.")
    _months_positive = models.Constraint(
        "CHECK(confirm_months >= 0 AND confirm_months <= 1200)",
        "The months between two confirmations lie between 0 and 1,200.",
    )
    _field_uniq = models.UniqueIndex(
        "(field_id, COALESCE(company_id, 0), kind) WHERE active IS TRUE AND field_id IS NOT NULL",
        "Another requirement already asks for this field, for the same company and kind.",
    )

    @api.model
    def _get_field_domain(self) -> list:
        """Return which fields can be asked for."""
        return [
            ("model", "=", "res.partner"),
            ("store", "=", True),
            ("ttype", "not in", sorted(UNASKABLE_TYPES)),
            ("name", "not in", MAGIC_COLUMNS),
        ]

    @api.depends("field_id.name")
    def _compute_field_name(self):
        for requirement in self:
            # A removed field leaves its name behind.
            requirement.field_name = requirement.field_id.sudo().name or requirement.field_name  # sudo: name only

    @api.depends("field_name", "removed_label", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = self.env["ir.model.fields"].get_field_string("res.partner")
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for requirement in self:
            label = labels.get(requirement.field_name) or requirement.removed_label or requirement.field_name or ""
            specific = requirement.kind and requirement.kind != "all"
            requirement.display_name = f"{label} ({kinds[requirement.kind]})" if specific else label

    def _compute_gap_count(self):
        fill_count(self, "gap_count", self.env["customer.file.gap"], "requirement_id")

    @api.constrains("field_id", "active")
    def _check_field(self):
        allowed = Domain(self._get_field_domain())
        for requirement in self:
            field = requirement.field_id.sudo()  # sudo: only technical administrators may read fields
            if not field and requirement.active:
                raise ValidationError(
                    self.env._(
                        "%s: choose the field the files must have. A requirement whose field was removed stays archived.",
                        requirement.display_name or self.env._("New requirement"),
                    )
                )
            if field and not field.filtered_domain(allowed):
                raise ValidationError(
                    self.env._(
                        "“%s” cannot be asked for: choose a stored field of the customer that can be empty. Yes-or-no fields "
                        "and technical ones never are.",
                        field.field_description,
                    )
                )

    # ------------------------------------------------------------------
    # Keeping the files current
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        requirements = super().create(vals_list)
        self._settings_changed()
        return requirements

    def write(self, vals):
        result = super().write(vals)
        if SETTINGS & vals.keys():
            self._settings_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._settings_changed()
        return result

    def copy_data(self, default=None):
        # The same field twice would be refused: the copy waits until its field or kind is changed.
        return [dict(vals, active=False) for vals in super().copy_data(default=dict(default or {}))]

    def _settings_changed(self) -> None:
        """Compute all files again."""
        self.env.registry.clear_cache()
        self.env["customer.file.gap"]._refresh()

    @api.model
    @ormcache()
    def _get_in_force(self) -> tuple[FileRequirement, ...]:
        """Return the requirements files are checked against; kept between calls."""
        known = self.env["res.partner"]._fields
        requirements = self.sudo().search([("active", "=", True)])  # sudo: kept for all users and companies
        return tuple(
            FileRequirement(
                requirement.id,
                requirement.field_name,
                requirement.company_id.id or None,
                requirement.kind,
                tuple(requirement.grade_ids.ids),
                requirement.weight,
                requirement.confirm_months,
            )
            for requirement in requirements
            # An addon under way of being removed may have taken its field already.
            if requirement.field_name in known and known[requirement.field_name].store
        )

    @api.model
    def _get_companies(self):
        """Return the companies that keep files: all that are active, whoever asks."""
        return self.env["res.company"].sudo().browse(self._get_company_ids())  # sudo: files of all companies

    @api.model
    @ormcache()
    def _get_company_ids(self) -> tuple[int, ...]:
        """Return the ids of ``_get_companies``. Odoo clears the cache when a company comes or goes."""
        return tuple(self.env["res.company"].sudo().search([("active", "=", True)]).ids)  # sudo: kept for all users

    @api.model
    @ormcache()
    def _get_triggers(self) -> frozenset[str]:
        """Return the fields of the partner whose change changes a file; empty without requirements."""
        names = {requirement.field_name for requirement in self._get_in_force()}
        if not names:
            return frozenset()
        registry, known = self.env.registry, self.env["res.partner"]._fields
        depends = {
            name: registry.field_depends[field] for name, field in known.items() if field.store and field.compute
        }
        return with_dependencies(names, depends) | OWN_TRIGGERS

    @api.model
    @ormcache()
    def _get_confirmed_fields(self) -> frozenset[str]:
        """Return the fields whose values must be confirmed from time to time."""
        return frozenset(requirement.field_name for requirement in self._get_in_force() if requirement.confirm_months)

    def _field_removed(self, label_by_field: dict[int, str]) -> None:
        """Archive the requirements of fields that are about to be removed, and leave a trace.

        :param label_by_field: label by id of the field
        """
        for requirement in self:
            requirement.removed_label = label_by_field[requirement.field_id.id]
            requirement.message_post(
                body=self.env._(
                    "The field “%(label)s” (%(name)s) was removed from the customer: files are no longer checked for it.",
                    label=requirement.removed_label,
                    name=requirement.field_name,
                )
            )
        self.write({"active": False, "field_id": False})

    def action_view_gaps(self) -> dict:
        """Open the files that lack this field."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id("customer_file.customer_file_gap_action")
        return dict(action, domain=[("requirement_id", "=", self.id)], display_name=self.display_name, context={})
