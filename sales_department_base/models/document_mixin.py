from odoo import api, fields, models


class SalesDepartmentDocumentMixin(models.AbstractModel):
    """Documents of a company that belong to a salesperson and a sales team.

    A new document takes both from where it comes from, else from whoever makes it; users may choose otherwise. A
    model says where its documents come from, by the names of its own fields::

        _inherit = ["sales.department.document.mixin"]

        @api.model
        def _get_salesperson_sources(self):
            return ["sale_order_id", "lead_id"]

        @api.model
        def _get_sales_team_sources(self):
            return ["lead_id"]

    The three fields can be defined again in part, as any field: ``user_id = fields.Many2one(required=True)``. Where
    the salesperson or the team follows another rule, the model overrides :meth:`_get_salesperson` or
    :meth:`_get_sales_team`. Record rules (own documents, team, all; company) are up to each model.
    """

    _name = "sales.department.document.mixin"
    _description = "Documents of a Salesperson"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        check_company=True,
        domain="[('share', '=', False)]",
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        check_company=True,
    )

    @api.model
    def _get_salesperson_sources(self) -> list[str]:
        """Return the many2one fields that lead to where a document comes from. Extension point.

        What they lead to has a ``user_id``; the first that names somebody counts.
        """
        return []

    @api.model
    def _get_sales_team_sources(self) -> list[str]:
        """Return the many2one fields whose sales team counts, as long as it is the same salesperson's. Extension point.

        What they lead to has a ``user_id`` and a ``team_id``.
        """
        return []

    @api.depends(lambda self: self._get_salesperson_sources())
    def _compute_user_id(self):
        for document in self:
            document.user_id = document._get_salesperson()

    @api.depends(lambda self: ["user_id", "company_id", *self._get_sales_team_sources()])
    def _compute_team_id(self):
        for document in self:
            document.team_id = document._get_sales_team()

    def _get_salesperson(self) -> models.Model:
        """Return the salesperson of one document: who it has, else from where it comes, else who makes it."""
        sources = (self[name].user_id for name in self._get_salesperson_sources())
        return self.user_id or next(filter(None, sources), self.env.user)

    def _get_sales_team(self) -> models.Model:
        """Return the team of one document: where it comes from, else what it has if the salesperson is in it.

        Otherwise Odoo's choice for the salesperson, unless it belongs to another company than the document.
        """
        sources = (self[name] for name in self._get_sales_team_sources())
        for source in sources:
            if source.team_id and source.user_id == self.user_id:
                return source.team_id
        if self.user_id in self.team_id.member_ids | self.team_id.user_id:
            return self.team_id
        domain = [("company_id", "in", [self.company_id.id, False])]
        team = self.env["crm.team"]._get_default_team_id(user_id=self.user_id.id, domain=domain)
        return team.filtered_domain(domain)
