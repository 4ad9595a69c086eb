import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from .customer_register_reason import EVENTS

STATE_AFTER = {"opened": "open", "reopened": "open", "closed": "closed"}


class CustomerRegisterEntry(models.Model):
    """A customer file was opened, closed or reopened. Entries are added, never changed.

    Access rights give reading only: the register is written by the methods below.
    """

    _name = "customer.register.entry"
    _description = "Customer Register Entry"
    _inherit = ["sales.department.closed.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    event = fields.Selection(EVENTS, required=True, readonly=True)
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
    def _record(self, partners, event: str, day: datetime.date, origin: str, reason=None, note: str = "") -> None:
        """Enter one event for the files of these customers in the current company.

        The caller checks who acts, and that the files are in a state that allows it.

        :param partners: commercial partners
        :param event: ``opened``, ``closed`` or ``reopened``
        :param day: day of the event in the company's time zone
        :param reason: a ``customer.register.reason``
        """
        if not partners:
            return
        company = self.env.company
        owned = partners.sudo().with_company(company)  # sudo: the state is closed to clients
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
            for partner in owned
        ])
        owned.write({"customer_file_state": STATE_AFTER[event], "customer_file_since": day})
        self.env["customer.file.gap"]._refresh_where_asked(partners.ids)

    # ------------------------------------------------------------------
    # Files opened by orders
    # ------------------------------------------------------------------

    @api.model
    def _cron_take_over(self) -> None:
        """Open the files of customers whose orders came in another way than by confirming them."""
        companies = self.env["customer.file.requirement"]._get_companies()
        self._open_by_orders(companies, SQL("TRUE"), "takeover")

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
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "WITH %s, marked AS (%s) %s RETURNING partner_id",
                self._cte_due(companies, condition, reopens=origin == "order"),
                self._update_states(),
                self._insert_due(origin),
            )
        )
        if rows:
            partners = self.env["res.partner"].browse({row[0] for row in rows})
            partners.invalidate_recordset(["customer_file_since", "customer_file_state"], flush=False)
            self.env["customer.file.gap"]._refresh_where_asked(partners.ids)
        return len(rows)

    @api.model
    def _cte_due(self, companies, condition: SQL, *, reopens: bool) -> SQL:
        """Name the files that orders open (``due``), one row a company, with the day of the first order.

        :param reopens: closed files are due, too
        """
        return SQL(
            """
            company (id, tz) AS (VALUES %(companies)s),
            ordered AS (
                SELECT p.commercial_partner_id AS partner_id, o.company_id,
                       MIN((o.date_order AT TIME ZONE 'UTC' AT TIME ZONE c.tz)::date) AS day
                  FROM sale_order o
                  JOIN res_partner p ON p.id = o.partner_id
                  JOIN company c ON c.id = o.company_id
                 WHERE o.state = 'sale' AND %(condition)s
              GROUP BY p.commercial_partner_id, o.company_id
            ),
            candidate AS (
                SELECT d.*, p.user_id, (p.customer_grade_id->>d.company_id::text)::int AS grade_id,
                       p.customer_file_state->>d.company_id::text AS state
                  FROM ordered d JOIN res_partner p ON p.id = d.partner_id
                 WHERE p.active IS TRUE
            ),
            due AS (
                SELECT *, CASE WHEN state IS NULL THEN 'opened' ELSE 'reopened' END AS event
                  FROM candidate WHERE state IS NULL OR %(reopens)s AND state = 'closed'
            )
            """,
            companies=SQL(", ").join(SQL("(%s, %s)", company.id, company._sales_timezone()) for company in companies),
            condition=condition,
            reopens=reopens,
        )

    @api.model
    def _update_states(self) -> SQL:
        """Return what marks the files that are due as open."""
        return SQL(
            """
            UPDATE res_partner p
               SET customer_file_state = COALESCE(p.customer_file_state, '{}') || d.states,
                   customer_file_since = COALESCE(p.customer_file_since, '{}') || d.days
              FROM (SELECT partner_id, jsonb_object_agg(company_id::text, 'open') AS states,
                           jsonb_object_agg(company_id::text, day::text) AS days
                      FROM due GROUP BY partner_id) d
             WHERE p.id = d.partner_id
            """
        )

    @api.model
    def _insert_due(self, origin: str) -> SQL:
        """Return what enters the files that are due in the register."""
        reasons = self.env["customer.register.reason"]
        return SQL(
            """
            INSERT INTO customer_register_entry
                   (partner_id, company_id, event, date, reason_id, origin, user_id, salesperson_id, grade_id,
                    addition, loss, net, create_uid, create_date, write_uid, write_date)
            SELECT partner_id, company_id, event, day,
                   CASE event WHEN 'opened' THEN %(opened)s ELSE %(reopened)s END::int, %(origin)s, %(uid)s, user_id,
                   grade_id, 1, 0, 1, %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM due
            """,
            opened=reasons._get_standard("first_order").id or None,
            reopened=reasons._get_standard("new_order").id or None,
            origin=origin,
            uid=self.env.uid,
            now=self.env.cr.now(),
        )
