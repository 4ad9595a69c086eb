from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.sales_department_base.records import refuse


class CustomerGradeVersionMixin(models.AbstractModel):
    """Policies in versions: a draft takes over from the version in force, which retires.

    The model declares ``previous_version_id``, a read-only link to its own kind, and in ``_rule_fields`` what stays as it is
    once a version is in force.
    """

    _name = "customer.grade.version.mixin"
    _description = "Policy in Versions"
    _inherit = ["sales.department.transition.mixin", "mail.thread", "mail.activity.mixin"]
    _TRANSITIONS = {"draft": {"active"}, "active": {"retired"}}
    #: The rules that decisions rest on, beside the company and the line of descent.
    _rule_fields: ClassVar[frozenset[str]] = frozenset()

    name = fields.Char(required=True, tracking=True)
    version = fields.Integer(default=1, readonly=True, copy=False)
    state = fields.Selection([("draft", "Draft"), ("active", "In Force"), ("retired", "Retired")])
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one("res.users", "Owner", required=True, default=lambda self: self.env.user, tracking=True)

    @api.depends("name", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = self.env._("%(name)s v%(version)s", name=policy.name or "", version=policy.version)

    def write(self, vals):
        if {"company_id", "version", "previous_version_id", *self._rule_fields} & vals.keys():
            self._check_is_draft()
        return super().write(vals)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_activate(self) -> bool:
        """Put drafts in force; the version before retires at the same moment.

        :raise AccessError: the user may not change policies
        :raise UserError: the draft is not complete, or another policy is in force
        """
        self.check_access("write")
        self._check_ready()
        for draft in self:
            present = self.search([*draft._get_rival_domain(), ("state", "=", "active")])
            if present and not draft._succeeds(present):
                raise UserError(
                    self.env._(
                        "%(present)s is in force for %(company)s, and only one can be at a time. Retire it first, or make "
                        "“%(draft)s” a new version of it.",
                        present=present.display_name,
                        company=draft.company_id.name,
                        draft=draft.display_name,
                    )
                )
            present._change_state("retired")
            # The unique index is checked row by row: the old version has to go first.
            self.env.flush_all()
            draft._change_state("active")
        return True

    def action_retire(self) -> bool:
        """Take policies out of force."""
        self._change_state("retired")
        return True

    def action_new_version(self) -> dict:
        """Copy the rules into a draft that will take over when it is activated, or open the copy made just before.

        :raise AccessError: the user may not change policies
        """
        self.ensure_one()
        self.check_access("write")
        self._lock()
        version = self._get_untouched_draft() or self._new_version()
        return version._get_records_action(name=version.display_name)

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _new_version(self):
        """Return a draft copied from this version.

        :raise AccessError: the user may not change policies
        """
        self.ensure_one()
        self.check_access("write")
        version = self.copy({"name": self.name})
        version._become_version_after(self)
        return version

    def _get_untouched_draft(self):
        """Return the draft copied from this version that nobody has changed since; of two clicks, one makes it."""
        drafts = self.search([("previous_version_id", "=", self.id), ("state", "=", "draft")], order="id desc")
        return drafts.filtered(lambda draft: draft.write_date == draft.create_date)[:1]

    def _become_version_after(self, base) -> None:
        """Number this draft as the next version, descended from ``base``."""
        self.ensure_one()
        latest = self.search([*base._get_rival_domain(), ("name", "=", base.name)], order="version desc", limit=1)
        self.sudo().write({  # sudo: the line of descent is closed to clients; the callers checked the right
            "version": latest.version + 1,
            "previous_version_id": base.id,
        })

    def _get_rival_domain(self) -> list:
        """Return the policies of which one can be in force at a time, this one included."""
        self.ensure_one()
        return [("company_id", "=", self.company_id.id)]

    def _check_ready(self) -> None:
        """Refuse what could not be put in force. To be extended.

        :raise UserError: names the first thing that is missing
        """

    def _succeeds(self, other) -> bool:
        """Tell whether this version descends from ``other``."""
        version = self.previous_version_id
        while version:
            if version == other:
                return True
            version = version.previous_version_id
        return False

    def _check_is_draft(self) -> None:
        """Refuse to change rules that decisions may already rest on.

        :raise UserError: names the version and the way out
        """
        refuse(
            self.filtered(lambda policy: policy.state != "draft"),
            self.env._(
                "The rules of %(names)s cannot be changed any more, because grades rest on them. Use “New Version”, "
                "change the draft and activate it."
            ),
        )

    def _tell_owner(self, summary: str, note: str) -> None:
        """Put an activity for today on the owner, unless the same one is still open."""
        self.ensure_one()
        if self.activity_ids.filtered(lambda activity: activity.summary == summary):
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo", summary=summary, note=plaintext2html(note), user_id=self.user_id.id
        )
