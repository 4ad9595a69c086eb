from typing import ClassVar

from odoo import api, fields, models

from ..tools.staging import staged_costs

#: Values that only the buttons of a mould set.
SERVER_FIELDS = frozenset({
    "opened_on",
    "t0_on",
    "t1_on",
    "released_on",
    "stored_on",
    "scrapped_on",
    "trial_number",
    "event_ids",
})


class SaleSampleMould(models.Model):
    """One tool: what it shapes, for whom, what it cost part by part, and how many pairs it has left."""

    _name = "sale.sample.mould"
    _description = "Mould"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.transition.mixin",
        "sales.department.number.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "shape", "partner_id.name"]
    _check_company_auto = True
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
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
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
        required=True,
        default="quoted",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
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
        copy=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Company of the Customer", store=True, index="btree_not_null"
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        copy=True,
        index="btree_not_null",
        check_company=True,
        domain="[('share', '=', False)]",
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        copy=True,
        index="btree_not_null",
        check_company=True,
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
    location_id = fields.Many2one(
        "sale.sample.location", "Place", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True
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

    @api.depends("request_id", "partner_id")
    def _compute_user_id(self):
        for mould in self:
            mould.user_id = mould.request_id.user_id or mould.user_id or mould.partner_id.user_id
            mould.team_id = mould.request_id.team_id or mould.team_id

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
