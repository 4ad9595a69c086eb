from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.sales_department_base.constants import SALES_MANAGER_GROUP

from .customer_graded_mixin import GRADE_FIELDS, GRADE_READERS
from .grade_history import GradeHistory


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "customer.graded.mixin", "sales.department.closed.mixin"]
    # Score and date follow from the grade; the grade itself can be set or imported by those who may make grades valid.
    _closed_except_groups = {"customer_grade_id": "customer_grade.group_grade_approver"}

    # Stored on contacts, too: they are commercial fields, kept in line with their company
    # by Odoo itself, so that lists, filters and groups of contacts need no join.
    customer_grade_id = fields.Many2one(
        "customer.grade",
        company_dependent=True,
        tracking=True,
        check_company=True,
        domain="[('company_id', 'in', allowed_company_ids + [False])]",
        groups=GRADE_READERS,
        help="Value class of the customer. Reviews set it; a contact shows that of its company.",
    )
    customer_grade_score = fields.Float(
        "Grade Score", company_dependent=True, readonly=True, digits=(16, 1), aggregator="avg", groups=GRADE_READERS
    )
    customer_grade_since = fields.Date("Grade Since", company_dependent=True, readonly=True, groups=GRADE_READERS)
    customer_grade_color = fields.Integer(related="customer_grade_id.color", groups=GRADE_READERS)
    # Comes with a grade that is set or imported, and goes into the history. Kept nowhere else.
    customer_grade_reason = fields.Char(
        "Reason of the Grade",
        store=False,
        copy=False,
        exportable=False,
        groups="customer_grade.group_grade_approver",
        help="Why the grade is set or imported: kept in the grade history.",
    )
    is_commercial_partner = fields.Boolean(
        "Is Graded Itself",
        compute="_compute_is_commercial_partner",
        search="_search_is_commercial_partner",
        groups="base.group_user",
        help="Companies and private customers; not the contacts of a company.",
    )
    customer_grade_pricelist_id = fields.Many2one(related="customer_grade_id.pricelist_id", groups=GRADE_READERS)
    customer_grade_payment_term_id = fields.Many2one(related="customer_grade_id.payment_term_id", groups=GRADE_READERS)
    has_customer_grade_proposal = fields.Boolean(
        compute="_compute_has_customer_grade_proposal", groups=SALES_MANAGER_GROUP
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("commercial_partner_id")
    def _compute_is_commercial_partner(self):
        for partner in self:
            partner.is_commercial_partner = partner.commercial_partner_id == partner

    def _search_is_commercial_partner(self, operator, value):
        if operator != "in":
            return NotImplemented
        if False in value:
            return Domain.TRUE if True in value else NotImplemented
        # A commercial partner is a company, or has no parent: so Odoo itself computes it.
        return Domain("is_company", "=", True) | Domain("parent_id", "=", False)

    @api.depends("customer_grade_id", "property_product_pricelist", "property_payment_term_id")
    @api.depends_context("company")
    def _compute_has_customer_grade_proposal(self):
        for partner in self:
            partner.has_customer_grade_proposal = bool(partner._get_grade_terms())

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        reasons = [vals.pop("customer_grade_reason", None) for vals in vals_list]
        partners = super().create(vals_list)
        # A client who may set grades may send one as a default, too.
        by_default = not self.env.su and not self._is_closed_field("customer_grade_id")
        graded: dict[str | None, list[int]] = {}
        for partner, vals, reason in zip(partners, vals_list, reasons, strict=True):
            if vals.get("customer_grade_id") or by_default:
                graded.setdefault(reason, []).append(partner.id)
        for reason, ids in graded.items():
            self.browse(ids)._record_manual_grade({}, reason)
        return partners

    def write(self, vals):
        reason = vals.get("customer_grade_reason")
        vals = self._drop_present_grades({name: vals[name] for name in vals if name != "customer_grade_reason"})
        before = None
        if "customer_grade_id" in vals:
            owned = self.sudo()  # sudo: compared with the grade after it; whether the user may set it is checked below
            before = {partner.id: partner.customer_grade_id.id for partner in owned}
        companies = self._get_companies() if {"parent_id", "is_company"} & vals.keys() else {}
        result = super().write(vals)
        if before is not None:
            self._record_manual_grade(before, reason)
        if companies:
            self._restore_own_grades(companies)
        return result

    # ------------------------------------------------------------------
    # Views
    # ------------------------------------------------------------------

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        return (*super()._get_view_cache_key(view_id, view_type, **options), self._reads_grades())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        # Odoo takes the nodes of fields out of the views of those who may not read them, but not this attribute.
        if view_type == "kanban" and arch.get("highlight_color") == "customer_grade_color" and not self._reads_grades():
            del arch.attrib["highlight_color"]
        return arch, view

    @api.model
    def _reads_grades(self) -> bool:
        """Tell whether this user may read grades."""
        return self._has_field_access(self._fields["customer_grade_id"], "read")

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_customer_grade_history(self) -> dict:
        """Open the grades this customer has had, with a chart of the scores."""
        self._ensure_chosen()
        action = self.env["ir.actions.actions"]._for_xml_id("customer_grade.customer_grade_assessment_action_history")
        return dict(
            action,
            domain=[
                ("partner_id", "=", self.commercial_partner_id.id),
                ("state", "=", "applied"),
                ("company_id", "=", self.env.company.id),
            ],
        )

    def action_view_customer_grade_terms(self) -> dict:
        """Open the terms of this customer beside those its grade proposes, to adopt them.

        A dialog, because reading their names would cost each opening of the form two queries.
        """
        self._ensure_chosen()
        action = self.env["ir.actions.actions"]._for_xml_id("customer_grade.res_partner_action_grade_terms")
        return dict(action, res_id=self.commercial_partner_id.id)

    def action_adopt_customer_grade_terms(self) -> bool:
        """Give the customers the pricelist and payment terms their grade proposes.

        :raise UserError: none of them has anything to adopt
        """
        adopted = False
        for partner in self.commercial_partner_id:
            terms = partner._get_grade_terms()
            if terms:
                partner.write(terms)
                adopted = True
        if not adopted:
            raise UserError(
                self.env._("These customers already have the pricelist and payment terms their grades propose.")
            )
        return True

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + list(GRADE_FIELDS)

    def _convert_fields_to_values(self, field_names):
        # Handed on to the contacts of a company by whoever makes one, also who reads no grades.
        owned = self if set(GRADE_FIELDS).isdisjoint(field_names) else self.sudo()  # sudo: as above
        return super(ResPartner, owned)._convert_fields_to_values(field_names)

    def _get_commercial_values(self):
        # Odoo passes on only what is set, but a contact that joins a company without grade
        # must not keep the grade of its former one.
        return super()._get_commercial_values() | self._convert_fields_to_values(GRADE_FIELDS)

    def _drop_present_grades(self, vals: dict) -> dict:
        """Return values to write without the grade this partner has already, which needs no right.

        Merging contacts writes all values of the kept one back on it.
        """
        if self.env.su or len(self) != 1 or not any(name in vals for name in GRADE_FIELDS):
            return vals
        present = self._convert_to_write({name: self[name] for name in GRADE_FIELDS})
        return {name: value for name, value in vals.items() if name not in present or present[name] != value}

    def _get_companies(self) -> dict:
        """Return the company of each contact of self that is no customer of its own."""
        return {partner: company for partner in self if (company := partner.commercial_partner_id) != partner}

    def _restore_own_grades(self, companies: dict) -> None:
        """Let contacts that became customers of their own no longer show the grade of their company.

        A person leaves a company, or a branch becomes a company.

        :param companies: ``{partner: the company it was a contact of}``
        """
        parted = {partner: company for partner, company in companies.items() if partner._holds_grade()}
        if parted:
            GradeHistory(self.env).restore_own_grades(parted)

    def _holds_grade(self) -> bool:
        """Tell whether this partner is graded itself: no contact of a company."""
        self.ensure_one()
        return self.commercial_partner_id == self

    def _record_manual_grade(self, before: dict[int, int], reason: str | None) -> None:
        """Add a history entry for grades that were set or imported rather than reviewed.

        :param before: grade id by partner id; absent for new partners
        :param reason: why; users have to say, code that runs as superuser need not
        :raise ValidationError: a contact was given another grade than its company
        :raise UserError: no reason
        """
        owned = self.sudo()  # sudo: whoever may set a grade; contacts follow, whoever makes them
        changed = owned.filtered(lambda partner: partner.customer_grade_id.id != before.get(partner.id, False))
        contacts = changed.filtered(
            lambda partner: (
                not partner._holds_grade()
                and partner.customer_grade_id != partner.commercial_partner_id.customer_grade_id
            )
        )
        if contacts:
            raise ValidationError(
                self.env._(
                    "%(contact)s shows the grade of %(company)s: set the grade there.",
                    contact=contacts[0].display_name,
                    company=contacts[0].commercial_partner_id.display_name,
                )
            )
        holders = changed.filtered(lambda partner: partner._holds_grade())
        if not holders:
            return
        reason = (reason or "").strip()
        if not reason and not self.env.su:
            raise UserError(
                self.env._(
                    "Say why %(customers)s get this grade: fill in “%(reason)s” along with “%(grade)s”.",
                    customers=", ".join(holders[:10].mapped("display_name")),
                    reason=self._fields["customer_grade_reason"]._description_string(self.env),
                    grade=self._fields["customer_grade_id"]._description_string(self.env),
                )
            )
        company = self.env.company
        today = company._sales_today()
        history = self.env["customer.grade.assessment"].sudo()  # sudo: nobody may write it directly
        before_now = history.search([
            ("partner_id", "in", holders.ids),
            ("company_id", "=", company.id),
            ("is_current", "=", True),
        ])
        # Who is graded as a prospect stays one until the first order.
        kinds = {entry.partner_id: entry.kind for entry in before_now}
        before_now.is_current = False
        # The unique index is checked row by row: the old entry has to go first.
        before_now.flush_recordset(["is_current"])
        history.create([
            {
                "origin": "manual",
                "kind": kinds.get(partner, "customer"),
                "company_id": company.id,
                "partner_id": partner.id,
                "user_id": partner.user_id.id,
                "date": today,
                "state": "applied",
                "is_current": True,
                "previous_grade_id": before.get(partner.id, False),
                "grade_id": partner.customer_grade_id.id,
                "decision": "overridden",
                "reason": reason or self.env._("Set or imported"),
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
            }
            for partner in holders
        ])
        holders.write({"customer_grade_score": False, "customer_grade_since": today})

    def _get_grade_terms(self) -> dict[str, int]:
        """Return the values the grade proposes and the customer does not have yet."""
        self.ensure_one()
        grade, terms = self.customer_grade_id, {}
        if grade.pricelist_id and grade.pricelist_id != self.property_product_pricelist:
            terms["property_product_pricelist"] = grade.pricelist_id.id
        if grade.payment_term_id and grade.payment_term_id != self.property_payment_term_id:
            terms["property_payment_term_id"] = grade.payment_term_id.id
        return terms

    def _get_card_missing_fields(self) -> dict[int, list[str]]:
        """Return the labels of the fields the file of each customer lacks, by partner id.

        Extension point: whoever knows more that belongs into a file adds it here, in one go
        for all customers of a print.
        """
        return {}
