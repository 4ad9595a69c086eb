from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

RULE_FIELDS = {"company_id", "trait_ids", "version", "previous_version_id"}
"""What grades may rest on: fixed once the version is in force."""


class CrmProspectProfile(models.Model):
    """What a good prospect looks like, and where such prospects are found."""

    _name = "crm.prospect.profile"
    _description = "Prospect Profile"
    _inherit = [
        "customer.grade.version.mixin",
        "sales.department.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "company_id, state, version desc, id desc"
    _check_company_auto = True
    _TRANSITIONS = {"draft": {"active"}, "active": {"retired"}}

    name = fields.Char(required=True, tracking=True)
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_version_id = fields.Many2one("crm.prospect.profile", readonly=True, copy=False, index="btree_not_null")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In Force"), ("retired", "Retired")],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
        copy=False,
    )
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        default=lambda self: self.env.user,
        tracking=True,
        help="Is reminded to discuss the profile every half year.",
    )
    where_to_find = fields.Html("Where to Find Them")
    trait_ids = fields.One2many("crm.prospect.trait", "profile_id", copy=True)
    discuss_on = fields.Date(
        "Discuss on",
        copy=False,
        tracking=True,
        help="The owner is reminded on this day. A recorded discussion sets it half a year later.",
    )
    decision_ids = fields.One2many("crm.prospect.profile.decision", "profile_id")
    discussion_ids = fields.Many2many(
        "crm.prospect.profile.decision",
        string="Discussions",
        compute="_compute_discussion_ids",
        recursive=True,
        help="Of this version and of those before it",
    )

    _active_once = models.UniqueIndex(
        "(company_id) WHERE state = 'active'",
        "A company has one prospect profile in force: retire the other one first.",
    )

    @api.depends_context("lang")
    @api.depends("name", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for profile in self:
            profile.display_name = self.env._("%(name)s v%(version)s", name=profile.name or "", version=profile.version)

    @api.depends("decision_ids", "previous_version_id.discussion_ids")
    def _compute_discussion_ids(self):
        for profile in self:
            profile.discussion_ids = profile.decision_ids | profile.previous_version_id.discussion_ids

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def write(self, vals):
        if RULE_FIELDS & vals.keys():
            self._check_is_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered(lambda profile: profile.state != "draft" or profile.decision_ids)
        if used:
            raise UserError(
                self.env._(
                    "Grades or decisions rest on %s: it cannot be deleted. Retire it instead.",
                    ", ".join(used.mapped("display_name")),
                )
            )

    def _check_ready(self) -> None:
        for profile in self:
            problem = profile._readiness_problem()
            if problem:
                raise UserError(problem)
        return super()._check_ready()

    def _readiness_problem(self) -> str | None:
        """Say in words what keeps the profile from judging prospects, or return None."""
        self.ensure_one()
        if not self.trait_ids:
            return self.env._("Profile “%s” has no traits: add at least one.", self.display_name)
        if sum(self.trait_ids.mapped("weight")) <= 0:
            return self.env._(
                "The weights of profile “%s” sum to zero: give at least one trait a weight.", self.display_name
            )
        empty = self.trait_ids.filtered(lambda trait: not trait._is_complete())
        if empty:
            return self.env._(
                "Trait “%(trait)s” of profile “%(profile)s” does not say which values meet it: add them, or remove the "
                "trait.",
                trait=empty[0].name,
                profile=self.display_name,
            )
        return None

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_activate(self) -> bool:
        """Put drafts in force; the first discussion is due half a year later."""
        super().action_activate()
        for profile in self.filtered(lambda profile: not profile.discuss_on):
            profile.discuss_on = profile.company_id._sales_today() + relativedelta(months=6)
        return True

    def action_record_decision(self) -> dict:
        """Open the record of a discussion, to be filled in."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a Discussion"),
            "res_model": "crm.prospect.profile.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_profile_id": self.id},
        }

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    @api.model
    def _get_active(self, company) -> "CrmProspectProfile":
        """Return the profile in force for a company, or none. Everyone's forms show the fit."""
        profiles = self.sudo()  # sudo: the fit is shown to users who may not read profiles
        return profiles.search([("company_id", "=", company.id), ("state", "=", "active")], limit=1)

    @api.model
    def _get_active_traits(self, company):
        """Return the traits of the profile in force, in their order, by one query."""
        traits = self.env["crm.prospect.trait"].sudo()  # sudo: as above
        return traits.search_fetch(
            [("profile_id.company_id", "=", company.id), ("profile_id.state", "=", "active")],
            ["profile_id", "name", "kind", "weight", "minimum", "maximum", "question_id", "expected_answer"],
        )

    def _get_discussion_summary(self) -> str:
        return self.env._("Discuss the prospect profile")

    @api.model
    def _cron_remind(self) -> None:
        """Remind the owners of profiles whose half-yearly discussion is due."""
        for profile in self.search([("state", "=", "active"), ("discuss_on", "!=", False)]):
            if profile.discuss_on <= profile.company_id._sales_today():
                profile._tell_owner(
                    profile._get_discussion_summary(),
                    self.env._(
                        "Half a year is over: do these traits still describe a good prospect? Compare with the leads "
                        "won and lost, then record the discussion and what was decided."
                    ),
                )
