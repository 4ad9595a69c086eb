import datetime
from collections.abc import Collection

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.register import Entry, follow_orders, standing
from .customer_register_reason import EVENTS

STATE_AFTER = {"opened": "open", "reopened": "open", "closed": "closed"}


class CustomerRegisterEntry(models.Model):
    """A customer file was opened, closed or reopened. Entries are added, never changed.

    What orders entered follows the orders as they stand: where no confirmed order opened a file after all, the entry is
    withdrawn. That is an entry, too, on the same day and with the opposite figures: additions and losses of each month
    are then those that the documents tell, and how they came about can still be read.

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
    event = fields.Selection(
        [*EVENTS, ("withdrawn", "Withdrawn")],
        required=True,
        readonly=True,
        help="Withdrawn: an earlier entry does not count, because the order it came from is not confirmed any more.",
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
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The confirmed order that opened the file",
    )
    withdrawn_id = fields.Many2one(
        "customer.register.entry", "Entry Withdrawn", readonly=True, index="btree_not_null", ondelete="cascade"
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

    @api.depends("event", "withdrawn_id")
    def _compute_figures(self):
        for entry in self:
            counted, sign = (entry.withdrawn_id, -1) if entry.withdrawn_id else (entry, 1)
            entry.loss = sign * (counted.event == "closed")
            entry.addition = sign * (counted.event != "closed")
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
        """Let the register follow orders that came, or went, in another way than by confirming and cancelling them.

        Files without any confirmed order are withdrawn, those of customers with one are opened.
        """
        companies = self.env["customer.file.requirement"]._get_companies()
        for company, partners in self._get_files_without_order(companies).items():
            self._follow_orders(company, partners)
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
                       MIN((o.date_order AT TIME ZONE 'UTC' AT TIME ZONE c.tz)::date) AS day,
                       (ARRAY_AGG(o.id ORDER BY o.date_order, o.id))[1] AS order_id
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
                   (partner_id, company_id, event, date, order_id, reason_id, origin, user_id, salesperson_id, grade_id,
                    addition, loss, net, create_uid, create_date, write_uid, write_date)
            SELECT partner_id, company_id, event, day, order_id,
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

    # ------------------------------------------------------------------
    # Files that no order opened after all
    # ------------------------------------------------------------------

    @api.model
    def _get_files_without_order(self, companies) -> dict:
        """Return the customers by company whose last word in the register is an order's, and who have none."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, e.company_id
                  FROM (SELECT DISTINCT partner_id, company_id FROM customer_register_entry
                         WHERE event <> 'closed' AND origin IN ('order', 'takeover') AND company_id IN %s) e
                  JOIN res_partner p ON p.id = e.partner_id AND p.commercial_partner_id = p.id
                 WHERE p.customer_file_state->>e.company_id::text IS NOT NULL
                   AND NOT EXISTS (
                           SELECT FROM sale_order o JOIN res_partner b ON b.id = o.partner_id
                            WHERE b.commercial_partner_id = p.id AND o.company_id = e.company_id AND o.state = 'sale')
                """,
                tuple(companies.ids),
            )
        )
        ids = {}
        for partner_id, company_id in rows:
            ids.setdefault(company_id, []).append(partner_id)
        browse = self.env["res.partner"].browse
        return {company: browse(ids[company.id]) for company in companies if company.id in ids}

    @api.model
    def _follow_orders(self, company, partners) -> None:
        """Withdraw what orders entered that are not confirmed any more, and enter what those left say.

        Files opened or closed by hand stay as they are.

        :param partners: commercial partners, some of whose orders may have changed
        """
        owned = partners.sudo().with_company(company)  # sudo: the state is closed to clients
        register = self.sudo().with_company(company)  # sudo: nobody may write the register directly
        register = register.with_context(lang=company.sudo().partner_id.lang or self.env.lang)  # sudo: any company
        found = register.search([("partner_id", "in", owned.ids), ("company_id", "=", company.id)], order="date, id")
        if not found:
            return
        self.env.flush_all()
        orders = self._get_confirmed_orders(company, found.partner_id.ids)
        changed = self.env["res.partner"]
        for partner, entries in found.grouped("partner_id").items():
            partner = partner.with_company(company)
            history = [entry._as_plain() for entry in entries]
            step = follow_orders(history, orders.get(partner.id, []), is_open=partner.customer_file_state == "open")
            if not step.withdrawn:
                continue
            changed |= partner
            left = register._withdraw(entries.browse(step.withdrawn), step.order_id)
            if step.opened_on:
                register._enter_order(partner, entries.browse(step.withdrawn[0]), step.opened_on, step.order_id)
                continue
            kept = standing([*history, *(entry._as_plain() for entry in left)])
            last = max(kept, key=lambda entry: (entry.day, entry.id), default=None)
            partner.write({
                "customer_file_state": STATE_AFTER[last.event] if last else False,
                "customer_file_since": last.day if last else False,
            })
        self.env["customer.file.gap"]._refresh_where_asked(changed.ids)

    def _as_plain(self) -> Entry:
        self.ensure_one()
        return Entry(self.id, self.event, self.origin, self.date, self.order_id.id, self.withdrawn_id.id)

    @api.model
    def _get_confirmed_orders(self, company, partner_ids: Collection[int]) -> dict[int, list[tuple]]:
        """Return day and id of the confirmed orders of commercial partners in a company: partner id → orders."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date, o.id
                  FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                 WHERE p.commercial_partner_id IN %s AND o.company_id = %s AND o.state = 'sale'
                """,
                company._sales_timezone(),
                tuple(partner_ids),
                company.id,
            )
        )
        orders = {}
        for partner_id, day, order_id in rows:
            orders.setdefault(partner_id, []).append((day, order_id))
        return orders

    def _withdraw(self, entries, order_id: int | None) -> "CustomerRegisterEntry":
        """Enter that these entries do not count, on their days and for their people.

        :param order_id: of the order that opens the file in their place
        """
        opening = entries.order_id[:1].name or self.env._("an order")
        instead = self.env["sale.order"].sudo().browse(order_id)  # sudo: of any salesperson
        note = (
            self.env._("%(order)s did not open the file: %(first)s did.", order=opening, first=instead.name)
            if instead
            else self.env._("%(order)s is not confirmed any more, and no other order is.", order=opening)
        )
        return self.create([
            {
                "partner_id": entry.partner_id.id,
                "company_id": entry.company_id.id,
                "event": "withdrawn",
                "date": entry.date,
                "note": note,
                "origin": "order",
                "order_id": entry.order_id.id,
                "withdrawn_id": entry.id,
                "user_id": self.env.uid,
                "salesperson_id": entry.salesperson_id.id,
                "grade_id": entry.grade_id.id,
            }
            for entry in entries
        ])

    def _enter_order(self, partner, withdrawn, day: datetime.date, order_id: int) -> None:
        """Enter that another order opened the file."""
        self.create({
            "partner_id": partner.id,
            "company_id": withdrawn.company_id.id,
            "event": withdrawn.event,
            "date": day,
            "order_id": order_id,
            "reason_id": withdrawn.reason_id.id,
            "origin": withdrawn.origin,
            "user_id": self.env.uid,
            "salesperson_id": partner.user_id.id,
            "grade_id": partner.customer_grade_id.id,
        })
        partner.write({"customer_file_state": "open", "customer_file_since": day})
