from collections.abc import Callable

from odoo import api, fields, models
from odoo.service.model import retrying
from odoo.tools import SQL

KINDS = [("export", "Exported Records"), ("open", "Opened Customers"), ("list", "Listed Customers")]
#: The company's limit for each kind.
LIMITS = {
    "export": "confidentiality_export_limit",
    "open": "confidentiality_open_limit",
    "list": "confidentiality_list_limit",
}


class SalesConfidentialityDay(models.Model):
    """How much of the customer data somebody used on one day: one row for each user, day and kind of use.

    The row is the count, and the reason why somebody is told at most once a day: whoever makes the count pass the
    limit holds the row. Two at the same moment never both do, or neither.
    """

    _name = "sales.confidentiality.day"
    _description = "Use of Customer Data per Day"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.append.only.mixin",
        "sales.department.closed.mixin",
    ]
    _order = "day DESC, id DESC"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    day = fields.Date(required=True, readonly=True, index=True)
    kind = fields.Selection(KINDS, "What", required=True, readonly=True)
    number = fields.Integer(readonly=True)
    allowed = fields.Integer("Limit", readonly=True, help="The company's limit when this was last counted")
    alerted_at = fields.Datetime(
        "Told on", readonly=True, help="When the number passed the limit and somebody was told"
    )
    opening_ids = fields.One2many(
        "sales.customer.opening", string="Customers", compute="_compute_opening_ids", export_string_translation=False
    )

    _once_a_day = models.UniqueIndex("(user_id, day, kind)", "The use of a day is counted once.")

    @api.depends("user_id", "day", "kind")
    def _compute_opening_ids(self):
        openings = self.env["sales.customer.opening"]
        for row in self:
            domain = [("user_id", "=", row.user_id.id), ("day", "=", row.day)]
            row.opening_ids = openings.search(domain) if row.kind == "open" else openings

    @api.depends("user_id", "day", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{row.user_id.name} · {kinds.get(row.kind)} · {row.day}"

    def _append_only_refusal(self) -> str:
        return self.env._("What was counted stays: %s.", ", ".join(self[:3].mapped("display_name")))

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    @api.model
    def _count(self, kind: str, number: int) -> None:
        """Count what the current user does, and tell the responsible once when it becomes unusually much.

        :param kind: "export", "open" or "list"
        :param number: records
        """
        company = self.env.company.sudo()  # sudo: the policy counts for whoever acts
        if not company[LIMITS[kind]]:
            return
        self._write_apart(lambda days: days._add(kind, number))

    @api.model
    def _count_opening(self, customer_id: int) -> None:
        """Count a customer that the current user opened; again on the same day does not count."""
        company = self.env.company.sudo()  # sudo: the policy counts for whoever acts
        if company.confidentiality_open_limit:
            self._write_apart(lambda days: days._add_opening(customer_id))

    @api.model
    def _write_apart(self, callback: Callable) -> None:
        """Call with this model: now, or where the transaction only reads, after its end in one of its own.

        Odoo reads for screens from a replica, if there is one.
        """
        if not self.env.cr.readonly:
            callback(self)
            return
        registry, uid, context = self.env.registry, self.env.uid, self.env.context

        def later():
            with registry.cursor() as cr:
                days = api.Environment(cr, uid, context)[self._name]
                retrying(lambda: callback(days), days.env)

        self.env.cr.postcommit.add(later)

    @api.model
    def _add(self, kind: str, number: int) -> None:
        """Do as :meth:`_count` says, by one statement that holds the row until the transaction ends."""
        company = self.env.company.sudo()  # sudo: the policy counts for whoever acts
        allowed = company[LIMITS[kind]]
        [[row_id, total, alerted_at]] = self.env.execute_query(
            SQL(
                """
                INSERT INTO sales_confidentiality_day AS known
                            (user_id, company_id, day, kind, number, allowed, create_uid, create_date)
                     VALUES (%(user)s, %(company)s, %(day)s, %(kind)s, %(number)s, %(allowed)s, %(user)s, %(now)s)
                ON CONFLICT (user_id, day, kind)
                  DO UPDATE SET number = known.number + EXCLUDED.number, allowed = EXCLUDED.allowed
                  RETURNING id, number, alerted_at
                """,
                user=self.env.uid,
                company=company.id,
                day=company._sales_today(),
                kind=kind,
                number=number,
                allowed=allowed,
                now=fields.Datetime.now(),
            )
        )
        row = self.browse(row_id)
        row.invalidate_recordset()
        if total > allowed and not alerted_at:
            self.env.cr.execute(
                SQL("UPDATE sales_confidentiality_day SET alerted_at = %s WHERE id = %s", fields.Datetime.now(), row_id)
            )
            row.sudo()._tell()  # sudo: the user in question does not see what is told

    @api.model
    def _add_opening(self, customer_id: int) -> None:
        """Do as :meth:`_count_opening` says: one statement for each opening, one more for the first of the day."""
        company = self.env.company.sudo()  # sudo: the policy counts for whoever acts
        new = self.env.execute_query(
            SQL(
                """
                INSERT INTO sales_customer_opening (user_id, partner_id, company_id, day, opened_at)
                     VALUES (%s, %s, %s, %s, %s)
                ON CONFLICT (user_id, day, partner_id) DO NOTHING
                  RETURNING id
                """,
                self.env.uid,
                customer_id,
                company.id,
                company._sales_today(),
                fields.Datetime.now(),
            )
        )
        if new:
            self._add("open", 1)

    def _tell(self) -> None:
        """Give whom the company wants told a task about this use, in the language of each."""
        self.ensure_one()
        for person in self.company_id._get_confidentiality_people(self.user_id):
            self.env["mail.activity"]._sales_ask(
                "sales_confidentiality.mail_activity_type_unusual",
                {self: person},
                lambda row: row._get_alert_summary(),
                note=lambda row: row._get_alert_note(),
                notify=True,
            )

    def _get_alert_summary(self) -> str:
        """Say what happened, in the language of the environment."""
        words = {
            "export": self.env._("%s has exported unusually many records", self.user_id.name),
            "open": self.env._("%s has opened unusually many customers", self.user_id.name),
            "list": self.env._("%s has read unusually long lists of customers", self.user_id.name),
        }
        return words[self.kind]

    def _get_alert_note(self) -> str:
        """Say how many, and what may be done."""
        return self.env._(
            "%(number)s on %(day)s; the limit is %(allowed)s. Ask what it was for, and note the answer here. Exports"
            " and their filters are in the log of exports.",
            number=self.number,
            day=self.day,
            allowed=self.allowed,
        )

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    def action_open_exports(self) -> dict:
        """Open the user's exports of that day."""
        self.ensure_one()
        start, stop = self.company_id._sales_utc_bounds(self.day, fields.Date.add(self.day, days=1))
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_confidentiality.sales_export_log_action")
        action["domain"] = [("user_id", "=", self.user_id.id), ("exported_at", ">=", start), ("exported_at", "<", stop)]
        return action
