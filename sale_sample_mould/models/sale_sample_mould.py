from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sale_sample.constants import RND_GROUPS
from odoo.addons.sales_department_base.constants import SALES_MANAGER_GROUP
from odoo.addons.sales_department_base.records import refuse
from odoo.addons.sales_department_base.tools.actions import dialog
from odoo.addons.sales_department_base.tools.rules import Rule, resolve

from ..tools.staging import staged_costs

#: States in which further sizes can be opened.
IN_USE_STATES = ("opened", "trial", "released", "stored")


class SaleSampleMould(models.Model):
    """One tool: what it shapes, for whom, what it cost part by part, and how many pairs it has left."""

    _name = "sale.sample.mould"
    _description = "Mould"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.document.mixin",
        "sales.department.number.mixin",
        "sales.department.transition.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "shape", "partner_id.name"]
    _number_by_user = True  # moulds have numbers before they are registered here
    _TRANSITIONS: ClassVar = {
        "quoted": {"opened", "cancelled"},
        "opened": {"trial", "scrapped"},
        "trial": {"trial", "released", "scrapped"},
        "released": {"stored", "scrapped"},
        "stored": {"released", "scrapped"},
    }

    name = fields.Char("Number", required=True, copy=False, default="/", index="trigram", tracking=True)
    active = fields.Boolean(default=True)
    shape = fields.Char(required=True, index="trigram", tracking=True, help="What the mould shapes, e.g. a cup sole")
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [
            ("quoted", "Quoted"),
            ("opened", "Opened"),
            ("trial", "On Trial"),
            ("released", "Released"),
            ("stored", "In Store"),
            ("scrapped", "Scrapped"),
            ("cancelled", "Not Opened"),
        ],
        group_expand=True,
    )
    trial_number = fields.Integer("Trial", readonly=True, copy=False, aggregator=None, default=-1)
    trial_label = fields.Char("Last Trial", compute="_compute_trial_label")
    owner = fields.Selection(
        [("us", "Us"), ("customer", "Customer"), ("shared", "Shared")], required=True, default="us", tracking=True
    )
    request_id = fields.Many2one(
        "sale.sample.request", "Sample Request", index="btree_not_null", ondelete="restrict", check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Company of the Customer", store=True, index="btree_not_null"
    )
    product_ids = fields.Many2many(
        "product.product",
        "sale_sample_mould_product_rel",
        "mould_id",
        "product_id",
        "Products",
        check_company=True,
        help="What is made with the mould. Orders and deliveries of these count for it",
    )
    maker_id = fields.Many2one("res.partner", "Mould Maker", index="btree_not_null", check_company=True)
    cavities = fields.Integer(default=1, aggregator=None, help="Pairs made by one closing of the mould")
    size_system = fields.Selection(
        lambda self: self.env["sale.sample.request"]._fields["size_system"]._description_selection(self.env),
        required=True,
        default="eu",
    )
    size_ids = fields.One2many("sale.sample.mould.size", "mould_id", "Sizes", copy=True)
    part_ids = fields.One2many("sale.sample.mould.part", "mould_id", "Cost by Part", copy=True)
    event_ids = fields.One2many("sale.sample.mould.event", "mould_id", "Status Log", readonly=True)
    place_id = fields.Many2one(
        "sales.department.place", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True
    )
    keeper_id = fields.Many2one(
        "res.partner", "Kept by", index="btree_not_null", check_company=True, help="Where it is not with us"
    )
    pairs_made = fields.Integer(tracking=True, copy=False, help="Pairs made with the mould so far")
    life_pairs = fields.Integer("Life", aggregator=None, help="Pairs the mould is built for")
    life_used = fields.Float(compute="_compute_life_used", store=True, aggregator=None)
    opened_on = fields.Date(readonly=True, copy=False)
    t0_on = fields.Date("T0 on", readonly=True, copy=False)
    t1_on = fields.Date("T1 on", readonly=True, copy=False)
    released_on = fields.Date(readonly=True, copy=False)
    stored_on = fields.Date(readonly=True, copy=False)
    scrapped_on = fields.Date(readonly=True, copy=False)
    note = fields.Html()
    # What it costs: parts of each size count for each size
    full_cost = fields.Monetary(compute="_compute_costs", store=True, help="All parts, with every size opened")
    opened_cost = fields.Monetary(
        "Cost so far", compute="_compute_costs", store=True, help="Parts made once, and parts of the sizes opened"
    )
    saved_cost = fields.Monetary(
        "Saved by Staging", compute="_compute_costs", store=True, help="Parts of the sizes not opened yet"
    )
    # One size first, the others once orders carry them
    ordered_pairs = fields.Float(
        compute="_compute_ordered_pairs", digits=(16, 0), help="Of its products, in confirmed orders"
    )
    needed_pairs = fields.Integer(
        "Pairs Needed", compute="_compute_needed_pairs", help="Orders needed before further sizes are opened"
    )
    planned_size_count = fields.Integer("Sizes Waiting", compute="_compute_planned_size_count")

    _name_uniq = models.UniqueIndex("(company_id, name)", "This number is already used by another mould.")
    _cavities_positive = models.Constraint("CHECK(cavities > 0)", "A mould has at least one cavity.")
    _pairs_not_negative = models.Constraint(
        "CHECK(pairs_made >= 0 AND life_pairs >= 0)", "Pairs made and life cannot be negative."
    )
    _owner_known = models.Constraint(
        "CHECK(owner = 'us' OR partner_id IS NOT NULL)", "Choose the customer who owns the mould, or shares it."
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("request_id")
    def _compute_partner_id(self):
        for mould in self:
            mould.partner_id = mould.partner_id or mould.request_id.partner_id

    @api.depends("trial_number")
    def _compute_trial_label(self):
        for mould in self:
            mould.trial_label = f"T{mould.trial_number}" if mould.trial_number >= 0 else False

    @api.depends("pairs_made", "life_pairs")
    def _compute_life_used(self):
        for mould in self:
            mould.life_used = mould.pairs_made / mould.life_pairs if mould.life_pairs else 0.0

    @api.depends("part_ids.cost", "part_ids.per_size", "size_ids.state", "state")
    def _compute_costs(self):
        for mould in self:
            each = mould.part_ids.filtered("per_size")
            once = sum((mould.part_ids - each).mapped("cost"))
            opened = mould.size_ids.filtered(lambda size: size.state == "opened")
            costs = staged_costs(once, sum(each.mapped("cost")), len(mould.size_ids), len(opened))
            started = mould.state not in ("quoted", "cancelled")
            mould.full_cost = costs.full
            mould.opened_cost = costs.opened if started else 0.0
            mould.saved_cost = costs.saved if started else 0.0

    @api.depends("name", "shape")
    def _compute_display_name(self):
        for mould in self:
            mould.display_name = " · ".join(filter(None, (mould.name, mould.shape)))

    def _compute_ordered_pairs(self):
        """Pairs come from everybody's orders: what a colleague sold carries the mould, too. Two queries."""
        lines = self.env["sale.order.line"].sudo()  # sudo: see above
        groups = lines._read_group(
            [
                ("product_id", "in", self.product_ids.ids),
                ("state", "=", "sale"),
                ("company_id", "in", self.company_id.ids),
            ],
            ["company_id", "product_id", "product_uom_id"],
            ["product_uom_qty:sum"],
        )
        pairs: dict = {}
        for company, product, unit, quantity in groups:
            ordered = unit._compute_quantity(quantity, product.uom_id, raise_if_failure=False)
            pairs[company.id, product.id] = pairs.get((company.id, product.id), 0.0) + ordered
        for mould in self:
            mould.ordered_pairs = sum(pairs.get((mould.company_id.id, id_), 0.0) for id_ in mould.product_ids.ids)

    def _compute_needed_pairs(self):
        policy = self.env["sale.sample.mould.rule"].sudo()  # sudo: policy counts for whoever looks
        found = policy.search([("company_id", "in", [False, *self.company_id.ids])])
        rules = [Rule.of(one.id, company=one.company_id.id or None, grade=one.grade_id.id or None) for one in found]
        for mould in self:
            holder = mould.with_company(mould.company_id).sudo().commercial_partner_id  # sudo: the grade is policy
            rule = resolve(rules, {"company": mould.company_id.id, "grade": holder.customer_grade_id.id})
            mould.needed_pairs = found.browse(rule.key).min_pairs if rule else 0

    def _compute_planned_size_count(self):
        for mould in self:
            mould.planned_size_count = len(mould.size_ids.filtered(lambda size: size.state == "planned"))

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        moulds = super().create(vals_list)
        moulds._log_event("quoted")
        return moulds

    def write(self, vals):
        if "company_id" in vals and any(mould.company_id.id != vals["company_id"] for mould in self):
            raise UserError(self.env._("A mould stays with its company. Register it anew in the other one."))
        if "request_id" in vals:
            self._check_request_open(vals["request_id"])
        return super().write(vals)

    def _check_request_open(self, request_id: int | bool) -> None:
        """Refuse to move an opened mould to another request: what it costs is that request's.

        :param request_id: the request it would belong to
        :raises UserError: naming the moulds
        """
        if not self.env.su:
            refuse(
                self.filtered(
                    lambda mould: mould.state != "quoted" and mould.request_id and mould.request_id.id != request_id
                ),
                self.env._("%(names)s has been opened for its request and stays with it."),
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        refuse(
            self.filtered(lambda mould: mould.state != "quoted"),
            self.env._("%(names)s: the mould has a history and stays on record. Scrap or archive it instead."),
        )

    def _check_maker(self) -> None:
        """:raises AccessError: the user is neither R&D nor a sales manager, or may not write one of the moulds"""
        self.check_access("write")
        if not self.env.su and not self.env.user.has_groups(RND_GROUPS):
            raise AccessError(self.env._("Moulds are opened, tried and released by R&D. Ask the R&D colleague."))

    # ------------------------------------------------------------------
    # From the quotation to the scrapping: each step is logged
    # ------------------------------------------------------------------

    def action_open(self) -> None:
        """Order the mould from its maker, with the sizes to be opened first.

        :raises UserError: it lists sizes but none to open first, or no cost
        """
        self._check_maker()
        today = self._get_today()
        for mould in self:
            first = mould.size_ids.filtered("is_first")
            if mould.size_ids and not first:
                raise UserError(
                    self.env._("%s: mark the size to open first. The others wait for orders.", mould.display_name)
                )
            if not mould.part_ids:
                raise UserError(self.env._("%s: enter the cost by part first.", mould.display_name))
        self._change_state("opened", opened_on=today)
        for mould in self:
            first = mould.size_ids.filtered("is_first")
            first.sudo().write({"state": "opened", "opened_on": today})  # sudo: closed field, rights checked above
            mould._log_event("opened", sizes=first._get_labels())

    def action_trial(self) -> None:
        """Record the next trial: T0, then T1 and so on.

        The button says in the context which trial it last saw, none before T0, so that pressed twice it records one.

        :raises UserError: another trial has been recorded since
        """
        self._check_maker()
        today = self._get_today()
        seen = self.env.context.get("last_trial", -1)
        for mould in self:
            if not self.env.su and mould.trial_number != seen:
                raise UserError(
                    self.env._(
                        "%(mould)s: %(trial)s has been recorded already. Reload the page, and press again for the next.",
                        mould=mould.display_name,
                        trial=mould.trial_label or "–",
                    )
                )
            number = mould.trial_number + 1
            dates = {f"t{number}_on": today} if number < 2 else {}
            mould._change_state("trial", trial_number=number, **dates)
            mould._log_event("trial", trial_number=number)

    def action_release(self) -> None:
        """Release moulds for production, or take them out of the store."""
        self._check_maker()
        first = self.filtered(lambda mould: not mould.released_on)
        if first:
            first._change_state("released", released_on=self._get_today())
            first._after_release()
        if self - first:
            (self - first)._change_state("released")
        self._log_event("released")

    def action_store(self) -> None:
        """Put moulds in store.

        :raises UserError: nobody knows where
        """
        self._check_maker()
        refuse(
            self.filtered(lambda mould: not mould.place_id and not mould.keeper_id),
            self.env._("%(names)s: enter the place of the mould, or who keeps it."),
        )
        self._change_state("stored", stored_on=self._get_today())
        for mould in self:
            mould._log_event("stored", note=mould.place_id.complete_name or mould.keeper_id.display_name)

    def action_drop(self) -> None:
        """Close quotations of moulds that will not be opened."""
        self._check_maker()
        self._change_state("cancelled")
        self._log_event("cancelled")
        self._after_drop()

    def action_open_scrap(self) -> dict:
        """Open the dialog that asks why moulds are scrapped."""
        self._check_maker()
        return dialog(self.env._("Scrap the Mould"), "sale.sample.mould.scrap", mould_ids=self.ids)

    def _scrap(self, reason: str) -> None:
        """Scrap moulds for good.

        :param reason: kept in the log
        :raises UserError: without a reason, or a mould was never opened
        """
        self._check_maker()
        if not (reason or "").strip():
            raise UserError(self.env._("Write why %s is scrapped.", ", ".join(self.mapped("display_name"))))
        self._change_state("scrapped", scrapped_on=self._get_today())
        self._log_event("scrapped", note=reason.strip())
        self._after_scrap()

    # ------------------------------------------------------------------
    # One size first, the others once orders carry them
    # ------------------------------------------------------------------

    def action_open_sizes(self) -> dict:
        """Open the dialog that opens further sizes."""
        self.ensure_one()
        self._check_maker()
        return dialog(self.env._("Open Further Sizes"), "sale.sample.mould.open", mould_id=self.id)

    def _open_sizes(self, sizes, reason: str = "") -> None:
        """Open further sizes of one mould, carried by orders or by a sales manager's reason.

        :param sizes: `sale.sample.mould.size` of this mould, planned ones
        :param reason: why without the orders; for sales managers
        :raises UserError: the mould is not in use, nothing is chosen, or the orders do not suffice
        :raises AccessError: a reason is given by somebody else
        """
        self.ensure_one()
        self._check_maker()
        self._lock()
        reason = (reason or "").strip()
        if self.state not in IN_USE_STATES:
            raise UserError(self.env._("%s: only the sizes of a mould in use can be opened.", self.display_name))
        if not sizes or sizes.mould_id != self or any(size.state != "planned" for size in sizes):
            raise UserError(self.env._("%s: choose sizes that are not opened yet.", self.display_name))
        if self.ordered_pairs >= self.needed_pairs:
            evidence = self.env._(
                "%(ordered)d pairs ordered, %(needed)d needed", ordered=self.ordered_pairs, needed=self.needed_pairs
            )
        elif not reason:
            raise UserError(
                self.env._(
                    "%(mould)s: %(ordered)d pairs are ordered, further sizes need %(needed)d. Wait for orders, or ask a sales "
                    "manager to open them with a reason.",
                    mould=self.display_name,
                    ordered=self.ordered_pairs,
                    needed=self.needed_pairs,
                )
            )
        elif not self.env.user.has_group(SALES_MANAGER_GROUP):
            raise AccessError(self.env._("Only a sales manager opens sizes without the orders they need."))
        else:
            evidence = reason
        today = self._get_today()
        sizes.sudo().write(  # sudo: closed fields, the rule was checked above
            {"state": "opened", "opened_on": today, "evidence": evidence}
        )
        self._log_event("sizes", sizes=sizes._get_labels(), note=evidence)
        self._after_open_sizes()

    # ------------------------------------------------------------------
    # Hooks of other addons
    # ------------------------------------------------------------------

    def _after_release(self) -> None:
        """Hook: moulds have been released for the first time."""

    def _after_scrap(self) -> None:
        """Hook: moulds have been scrapped, for good."""

    def _after_drop(self) -> None:
        """Hook: quotations of moulds have been closed without opening them."""

    def _after_open_sizes(self) -> None:
        """Hook: further sizes of one mould are being opened; what refuses it raises."""

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    @api.model
    def _get_salesperson_sources(self):
        return ["request_id", "partner_id"]

    def _get_salesperson(self):
        # who registers a mould is R&D, never its salesperson
        return self.request_id.user_id or self.user_id or self.partner_id.user_id

    @api.model
    def _get_sales_team_sources(self):
        return ["request_id"]

    def _get_sales_team(self):
        return self.request_id.team_id or self.team_id

    def _get_today(self):
        """Return today in the time zone of the company of the moulds."""
        return (self.company_id[:1] or self.env.company)._sales_today()

    def _log_event(self, kind: str, **values) -> None:
        """Add one row to the log of each mould.

        :param kind: see `sale.sample.mould.event`
        :param values: trial_number, sizes, note
        """
        events = self.env["sale.sample.mould.event"].sudo()  # sudo: the log is written by the buttons only
        events.create([
            {
                "mould_id": mould.id,
                "company_id": mould.company_id.id,
                "kind": kind,
                "date": mould._get_today(),
                "user_id": self.env.uid,
                **values,
            }
            for mould in self
        ])
