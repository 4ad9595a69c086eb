from odoo import api, fields, models
from odoo.tools import SQL

from .customer_register_reason import CustomerRegisterReason

STATE_AFTER = {"opened": "open", "reopened": "open", "closed": "closed"}


class CustomerRegisterEntry(models.Model):
    """A customer file was opened, closed or reopened. Entries are added, never changed.

    Access rights give reading only: the register is written by the methods below.
    """

    _name = "customer.register.entry"
    _description = "Customer Register Entry"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    event = fields.Selection(
        [("opened", "Opened"), ("closed", "Closed"), ("reopened", "Reopened")], required=True, readonly=True
    )
    date = fields.Date(required=True, readonly=True, index=True)
    reason_id = fields.Many2one("customer.register.reason", readonly=True, index="btree_not_null", ondelete="restrict")
    note = fields.Char(readonly=True)
    origin = fields.Selection(
        [
            ("manual", "By Hand"),
            ("order", "Sales Order"),
            ("archive", "Archiving"),
            ("merge", "Merge of Customers"),
            ("takeover", "Existing Orders"),
        ],
        required=True,
        readonly=True,
        default="manual",
        help="Existing Orders: taken over from orders confirmed before the register was kept.",
    )
    user_id = fields.Many2one("res.users", "Entered By", required=True, readonly=True)
    salesperson_id = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", help="At the time of the entry"
    )
    grade_id = fields.Many2one(
        "customer.grade", "Customer Grade", readonly=True, index="btree_not_null", help="At the time of the entry"
    )
    grade_color = fields.Integer("Colour of Grade", related="grade_id.color")
    addition = fields.Integer("Additions", compute="_compute_figures", store=True, precompute=True)
    loss = fields.Integer("Losses", compute="_compute_figures", store=True, precompute=True)
    net = fields.Integer("Net Change", compute="_compute_figures", store=True, precompute=True)

    _file_idx = models.Index("(partner_id, company_id, date DESC, id DESC)")

    @api.depends("event")
    def _compute_figures(self):
        for entry in self:
            entry.loss = int(entry.event == "closed")
            entry.addition = 1 - entry.loss
            entry.net = entry.addition - entry.loss

    @api.model
    def _record(
        self, partners, event: str, day: date, origin: str, reason: CustomerRegisterReason | None = None, note: str = ""
    ) -> None:
        """Enter one event for the files of these customers in the current company.

        The caller checks who acts, and that the files are in a state that allows it.

        :param partners: commercial partners
        :param event: ``opened``, ``closed`` or ``reopened``
        :param day: day of the event in the company's time zone
        """
        if not partners:
            return
        company = self.env.company
        register = self.sudo()  # sudo: nobody may write the register directly
        register.create([
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "event": event,
                "date": day,
                "reason_id": reason.id if reason else False,
                "note": note,
                "origin": origin,
                "user_id": self.env.uid,
                "salesperson_id": partner.user_id.id,
                "grade_id": partner.customer_grade_id.id,
            }
            for partner in partners.sudo().with_company(company)  # sudo: as above
        ])
        partners.sudo().with_company(company).write(  # sudo: the state is closed to clients
            {"customer_file_state": STATE_AFTER[event], "customer_file_since": day}
        )
        self._refresh_files(partners.ids)

    @api.model
    def _open_by_orders(self, companies, condition: SQL, origin: str) -> int:
        """Open the files of customers with confirmed orders, set-based.

        A file that is open stays as it is. On a new order a closed one is opened again;
        orders that are merely taken over do not undo a closing. Archived customers are
        left out.

        :param companies: of the orders; others are passed over
        :param condition: SQL over the alias ``o`` of ``sale_order``
        :param origin: ``order`` or ``takeover``
        :return: number of files opened or reopened
        """
        self.env["sale.order"].flush_model(["company_id", "date_order", "partner_id", "state"])
        self.env["res.partner"].flush_model([
            "active",
            "commercial_partner_id",
            "customer_file_since",
            "customer_file_state",
            "customer_grade_id",
            "user_id",
        ])
        find = self.env["ir.model.data"]._xmlid_to_res_id
        rows = self.env.execute_query(
            SQL(
                """
                WITH company (id, tz) AS (VALUES %(companies)s),
                ordered AS (
                    SELECT p.commercial_partner_id AS partner_id, o.company_id,
                           MIN((o.date_order AT TIME ZONE 'UTC' AT TIME ZONE c.tz)::date) AS day
                      FROM sale_order o
                      JOIN res_partner p ON p.id = o.partner_id
                      JOIN company c ON c.id = o.company_id
                     WHERE o.state = 'sale' AND %(condition)s
                  GROUP BY p.commercial_partner_id, o.company_id
                ),
                due AS (
                    SELECT d.*, p.user_id, (p.customer_grade_id->>d.company_id::text)::int AS grade_id,
                           CASE WHEN p.customer_file_state->>d.company_id::text IS NULL THEN 'opened' ELSE 'reopened'
                           END AS event
                      FROM ordered d JOIN res_partner p ON p.id = d.partner_id
                     WHERE p.active IS TRUE
                       AND (p.customer_file_state->>d.company_id::text IS NULL
                            OR %(reopens)s AND p.customer_file_state->>d.company_id::text = 'closed')
                ),
                marked AS (
                    UPDATE res_partner p
                       SET customer_file_state = COALESCE(p.customer_file_state, '{}') || d.states,
                           customer_file_since = COALESCE(p.customer_file_since, '{}') || d.days
                      FROM (SELECT partner_id, jsonb_object_agg(company_id::text, 'open') AS states,
                                   jsonb_object_agg(company_id::text, day::text) AS days
                              FROM due GROUP BY partner_id) d
                     WHERE p.id = d.partner_id
                )
                INSERT INTO customer_register_entry
                       (partner_id, company_id, event, date, reason_id, origin, user_id, salesperson_id, grade_id,
                        addition, loss, net, create_uid, create_date, write_uid, write_date)
                SELECT partner_id, company_id, event, day,
                       CASE event WHEN 'opened' THEN %(opened)s ELSE %(reopened)s END::int, %(origin)s, %(uid)s, user_id,
                       grade_id, 1, 0, 1, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM due
             RETURNING partner_id
                """,
                companies=SQL(", ").join(
                    SQL("(%s, %s)", company.id, company._sales_timezone()) for company in companies
                ),
                condition=condition,
                reopens=origin == "order",
                opened=find("customer_file.customer_register_reason_first_order") or None,
                reopened=find("customer_file.customer_register_reason_new_order") or None,
                origin=origin,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        if rows:
            partners = self.env["res.partner"].browse({row[0] for row in rows})
            partners.invalidate_recordset(["customer_file_since", "customer_file_state"], flush=False)
            self._refresh_files(partners.ids)
        return len(rows)

    @api.model
    def _refresh_files(self, partner_ids: list[int]) -> None:
        """Compute files again whose state changed, where anything is asked of files at all."""
        if self.env["customer.file.requirement"]._get_in_force():
            self.env["customer.file.gap"]._refresh(partner_ids)

    @api.model
    def _cron_take_over(self) -> None:
        """Open the files of customers whose orders came in another way than by confirming them."""
        companies = self.env["res.company"].sudo().search([("active", "=", True)])  # sudo: of all companies
        self._open_by_orders(companies, SQL("TRUE"), "takeover")
