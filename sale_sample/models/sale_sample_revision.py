from datetime import date
from typing import ClassVar

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date, html2plaintext

from odoo.addons.sales_department_base.records import refuse

from ..constants import REVISION_OPEN_STATES, RND_GROUPS, ROUND_OPEN_STATES
from ..tools.requirement import Asked, Change, differences
from ..tools.sizes import size_label

ACTIVITY_REVISION = "sale_sample.mail_activity_type_revision"
#: What a revision may change besides properties and sizes. Requests have fields of the same names.
HEADER_FIELDS = ("style_name", "style_note", "last_number", "function")
#: What R&D fills in to decide on a proposal.
DECISION_FIELDS = frozenset({"promised_on", "moves_round", "decision_note"})


class SaleSampleRevision(models.Model):
    """A numbered version of what an accepted request asks for.

    Revision 1 is what R&D accepted; it gets its record with the first proposal. Sales proposes the next one: what
    changes, why, who asked, on which day. R&D confirms it with the day it costs, or refuses. Until then the one before
    holds. A revision is a whole requirement, never a difference: what changed is worked out by comparing two.
    """

    _name = "sale.sample.revision"
    _description = "Specification Revision"
    _inherit = ["sales.department.transition.mixin"]
    _order = "request_id, number desc, id desc"
    _rec_names_search = ["request_id.name"]
    _check_company_auto = True
    _TRANSITIONS: ClassVar = {"draft": {"proposed", "withdrawn"}, "proposed": {"confirmed", "refused", "withdrawn"}}
    _closed_except_groups: ClassVar = dict.fromkeys(DECISION_FIELDS, RND_GROUPS)
    _settled_fields = frozenset({
        "reason",
        "asked_by_id",
        "asked_on",
        "property_line_ids",
        "size_line_ids",
        *HEADER_FIELDS,
    })

    request_id = fields.Many2one(
        "sale.sample.request", required=True, index=True, ondelete="cascade", domain="[('state', '=', 'accepted')]"
    )
    number = fields.Integer("Revision", readonly=True, copy=False, aggregator=None)
    base_id = fields.Many2one(
        "sale.sample.revision", "Revision Before", readonly=True, copy=False, index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    partner_id = fields.Many2one(related="request_id.partner_id")
    commercial_partner_id = fields.Many2one(related="request_id.commercial_partner_id")
    size_system = fields.Selection(related="request_id.size_system")
    state = fields.Selection([
        ("draft", "Draft"),
        ("proposed", "Proposed"),
        ("confirmed", "Confirmed"),
        ("refused", "Refused"),
        ("withdrawn", "Withdrawn"),
    ])
    # What is proposed, and why
    reason = fields.Text("Why")
    asked_by_id = fields.Many2one(
        "res.partner",
        "Asked for by",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('commercial_partner_id', '=', commercial_partner_id)] if commercial_partner_id else []",
        help="Contact of the customer who asked for the change",
    )
    asked_on = fields.Date("Asked for on", help="Day on which the customer asked for the change")
    proposed_by_id = fields.Many2one("res.users", "Proposed by", readonly=True, copy=False)
    proposed_at = fields.Datetime("Proposed on", readonly=True, copy=False)
    # The requirement, whole
    style_name = fields.Char("Style")
    style_note = fields.Text("Form")
    last_number = fields.Char("Last")
    function = fields.Html()
    property_line_ids = fields.One2many("sale.sample.property.line", "revision_id", "Physical Properties")
    size_line_ids = fields.One2many("sale.sample.size.line", "revision_id", "Pairs per Size")
    changes = fields.Text("What Changes", compute="_compute_changes")
    # R&D's decision
    promised_on = fields.Date("New Promise", copy=False, help="Empty: the day promised so far holds")
    moves_round = fields.Boolean(
        "Round under Way Follows It",
        default=True,
        copy=False,
        help="Possible while nothing of the round is made, measured or photographed",
    )
    can_move_round = fields.Boolean(compute="_compute_round_note")
    round_note = fields.Char(compute="_compute_round_note")
    decision_note = fields.Text("Remark of R&D", copy=False)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, copy=False)
    decided_at = fields.Datetime("Decided on", readonly=True, copy=False)
    round_ids = fields.One2many("sale.sample.round", "revision_id", "Rounds Made to It", readonly=True)

    _one_open = models.UniqueIndex(
        "(request_id) WHERE state IN ('draft', 'proposed')",
        "A change of this specification has just been begun by somebody else. Reload the page and open it.",
    )
    _number_uniq = models.UniqueIndex(
        "(request_id, number) WHERE state = 'confirmed'",
        "Another revision of this specification has just been confirmed. Reload the page.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("request_id.name", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for revision in self:
            revision.display_name = self.env._(
                "%(request)s · revision %(number)s",
                request=revision.request_id.name or "",
                number=revision.number or revision.request_id.revision_number + 1,
            )

    @api.depends(
        "base_id",
        "number",
        *HEADER_FIELDS,
        "property_line_ids.property_id",
        "property_line_ids.requirement",
        "property_line_ids.standard",
        "property_line_ids.condition",
        "property_line_ids.required",
        "size_line_ids.size",
        "size_line_ids.pairs",
    )
    @api.depends_context("lang")
    def _compute_changes(self):
        for revision in self:
            lines = [revision._change_in_words(change) for change in revision._get_changes()]
            if revision.number == 1:
                lines = [self.env._("What R&D accepted")]
            revision.changes = "\n".join(lines) or False

    @api.depends("state", "number", "request_id.current_round_id.state", "request_id.current_round_id.revision_id")
    @api.depends_context("lang")
    def _compute_round_note(self):
        for revision in self:
            under_way = revision.request_id.current_round_id.sudo()  # sudo: every reader may know what is under way
            revision.can_move_round = under_way.state == "making" and under_way._is_untouched()
            names = {
                "round": under_way.number,
                "base": revision.base_id.number or revision.request_id.revision_number,
                "revision": revision.number or revision.request_id.revision_number + 1,
            }
            if revision.state not in REVISION_OPEN_STATES or revision.can_move_round:
                revision.round_note = False
            elif under_way.state == "planned" and under_way._is_untouched():
                revision.round_note = self.env._(
                    "Round %(round)s has not begun: it follows revision %(revision)s.", **names
                )
            elif under_way.state in ROUND_OPEN_STATES:
                revision.round_note = self.env._(
                    "Round %(round)s is made, measured or sent: it stays with revision %(base)s, the next one follows "
                    "revision %(revision)s.",
                    **names,
                )
            else:
                revision.round_note = self.env._("The next round follows revision %(revision)s.", **names)

    @api.onchange("request_id")
    def _onchange_request_id(self):
        if self.request_id and not self.property_line_ids and not self.size_line_ids:
            self.update(self._prepare(self.request_id))

    # ------------------------------------------------------------------
    # What changes, worked out from two whole requirements
    # ------------------------------------------------------------------

    def _get_changes(self) -> list[Change]:
        """Return what one revision changes of the one before; nothing for revision 1."""
        self.ensure_one()
        if self.number == 1:
            return []
        before = self.base_id or self.request_id.revision_id or self.request_id
        return differences(self._get_asked(before), self._get_asked(self))

    @api.model
    def _get_asked(self, source) -> list[Asked]:
        """Return what a request or a revision asks for, line by line, in the reader's language."""
        texts = {
            "style_name": self.env._("Style"),
            "style_note": self.env._("Form"),
            "last_number": self.env._("Last"),
            "function": self.env._("Function"),
        }
        header = []
        for name, label in texts.items():
            text = html2plaintext(source[name] or "") if name == "function" else source[name] or ""
            header.append(Asked(name, label, text.strip()))
        properties = [line._get_asked() for line in source.property_line_ids]
        pairs = self.env._("pairs")
        sizes = [
            Asked(f"size {line.size:g}", self.env._("Size %s", size_label(line.size)), str(line.pairs), pairs)
            for line in source.size_line_ids
        ]
        return [*properties, *sizes, *header]

    def _change_in_words(self, change: Change) -> str:
        """Return one change in the reader's language: Hardness: 65 ± 3 → 60 ± 3 Shore A."""
        names = {"name": change.line.name, "words": change.in_words()}
        if change.kind == "added":
            return self.env._("%(name)s, new: %(words)s", **names)
        if change.kind == "removed":
            return self.env._("%(name)s, no longer asked for: %(words)s", **names)
        return self.env._("%(name)s: %(words)s", **names)

    # ------------------------------------------------------------------
    # Who may change what, and when
    # ------------------------------------------------------------------

    @api.constrains("asked_by_id", "request_id")
    def _check_asked_by(self):
        asked = self.sudo().filtered(  # sudo: the customer may be a colleague's
            lambda revision: (
                revision.asked_by_id
                and revision.commercial_partner_id
                and revision.asked_by_id.commercial_partner_id != revision.commercial_partner_id
            )
        )
        refuse(
            asked.with_env(self.env),
            self.env._("%(names)s: who asked for the change is no contact of the customer. Choose one of theirs."),
            ValidationError,
        )

    def _check_drafted(self) -> None:
        """Refuse changes of what is no draft of the user's own requests.

        :raises UserError: naming the revisions that were proposed
        :raises AccessError: the user does not act for sales on one of the requests
        """
        if not self.env.su and self:
            self.request_id._check_sellers()
            refuse(self.filtered(lambda revision: revision.state != "draft"), self._settled_refusal())

    def _check_undecided(self) -> None:
        """Refuse R&D's part where there is nothing to decide.

        :raises UserError: naming the revisions
        """
        if not self.env.su:
            refuse(
                self.filtered(lambda revision: revision.state != "proposed"),
                self.env._("%(names)s: R&D decides on what is proposed, once. Propose another revision to change it."),
            )

    def _get_settled(self):
        return self.filtered(lambda revision: revision.state != "draft")

    def _settled_refusal(self):
        return self.env._(
            "%(names)s is on record and stays as it is. Withdraw it while R&D has not decided, or propose another revision."
        )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        request = self.env.context.get("default_request_id")
        if isinstance(request, int) and "property_line_ids" in fields:
            requests = self.env["sale.sample.request"].browse(request).exists()
            requests.check_access("read")
            for source in requests:
                prefilled = self._prepare(source)
                defaults |= {name: prefilled[name] for name in fields if name in prefilled}
        return defaults

    @api.model
    def _prepare(self, request) -> dict:
        """Return the values of a new revision of a request: what it asks for now."""
        return {
            **{name: request[name] for name in HEADER_FIELDS},
            "asked_by_id": (request.contact_id or request.partner_id).id,
            "asked_on": request.company_id._sales_today(),
            "property_line_ids": [Command.create(line._prepare_copy()) for line in request.property_line_ids],
            "size_line_ids": [Command.create(line._prepare_copy()) for line in request.size_line_ids],
        }

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su and all(vals.get("number") == 1 for vals in vals_list):
            return super().create(vals_list)  # what was accepted, see _keep_first
        given = [vals.get("request_id", self.env.context.get("default_request_id")) for vals in vals_list]
        requests = self.env["sale.sample.request"].browse({id_ for id_ in given if type(id_) is int}).exists()
        if len(requests) < len(vals_list):
            raise UserError(self.env._("Choose the request whose specification changes: one for each change."))
        requests._check_sellers()
        requests._check_revisable()
        self.flush_model(["state"])  # the database allows one open revision a request
        revisions = super().create(vals_list)
        revisions.request_id._check_sellers()
        revisions.request_id._keep_first_revision()
        for revision, vals in zip(revisions, vals_list, strict=True):
            present = self._prepare(revision.request_id)
            revision.write({name: present[name] for name in present if name not in vals and not revision[name]})
            before = revision.request_id.revision_id
            revision.sudo().write({"base_id": before.id, "number": before.number + 1})  # sudo: numbered by the system
        return revisions

    @api.model
    def _keep_first(self, request) -> models.Model:
        """Return a new record of what a request without revisions asks for: revision 1. Called with all rights."""
        values = {
            **{name: request[name] for name in HEADER_FIELDS},
            "request_id": request.id,
            "number": 1,
            "state": "confirmed",
            "promised_on": request.promised_on,
            "decided_by_id": request.rnd_user_id.id,
            "decided_at": request.accepted_at,
        }
        return self.create([values])

    def write(self, vals):
        if not self.env.su and self:
            if DECISION_FIELDS & vals.keys():
                self._check_undecided()
            if vals.keys() - DECISION_FIELDS:
                self._check_drafted()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proposed(self):
        self._check_drafted()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_propose(self) -> None:
        """Put a draft before R&D.

        :raises UserError: what is missing, or that nothing changes
        """
        self.ensure_one()
        self.request_id._check_sellers()
        self.request_id._check_revisable(self)
        self._check_complete()
        self._change_state("proposed", proposed_by_id=self.env.uid, proposed_at=fields.Datetime.now())
        self._post(self.request_id._get_revision_user(), "proposed")
        self._ask_rnd()

    def action_withdraw(self) -> None:
        """Take a proposal back on which R&D has not decided; the revision before goes on to hold."""
        self.ensure_one()
        self.request_id._check_sellers()
        self._withdraw()

    def action_discard(self) -> dict:
        """Delete a draft and return to its request."""
        self.ensure_one()
        request = self.request_id
        self.unlink()
        return request._get_records_action()

    def action_confirm(self) -> None:
        """Let a proposal hold from now on, on behalf of R&D.

        :raises AccessError: the user is not R&D
        :raises UserError: it is not proposed, the day promised is past, or the request has ended
        """
        self.ensure_one()
        request = self.request_id
        request._check_rnd()
        self.check_access("write")
        request._lock()
        request.current_round_id._lock()
        request.invalidate_recordset(["state", "revision_id"])
        request._check_revisable(self)
        if self.promised_on and self.promised_on < request.company_id._sales_today():
            raise UserError(
                self.env._(
                    "%(revision)s cannot be promised for %(day)s, that day is past.",
                    revision=self.display_name,
                    day=format_date(self.env, self.promised_on),
                )
            )
        pairs = request.total_pairs
        self._change_state("confirmed", **self._prepare_decision())
        holding = self.sudo()  # sudo: what follows from R&D's decision is closed to hands
        holding._hold()
        holding._take_along_round(holding.request_id.total_pairs - pairs)
        self._tell_decision()

    def action_refuse(self) -> None:
        """Refuse a proposal on behalf of R&D; the revision before goes on to hold.

        :raises AccessError: the user is not R&D
        :raises UserError: there is no reason, or it is not proposed
        """
        self.ensure_one()
        self.request_id._check_rnd()
        if not (self.decision_note or "").strip():
            raise UserError(
                self.env._(
                    "%s: write under “Remark of R&D” why it is refused. The salesperson has to tell the customer.",
                    self.display_name,
                )
            )
        self._change_state("refused", **self._prepare_decision())
        self._tell_decision()

    def action_open_request(self) -> dict:
        """Open the request."""
        self.ensure_one()
        self.check_access("read")
        return self.request_id._get_records_action()

    # ------------------------------------------------------------------
    # What is proposed
    # ------------------------------------------------------------------

    def _check_complete(self) -> None:
        """Refuse proposals that do not say what changes, why, and who asked when.

        :raises UserError: naming the revision and each item that is missing
        """
        for revision in self:
            needs, today = revision.request_id.type_id, revision.request_id.company_id._sales_today()
            checks = [
                (not revision._get_changes(), self.env._("what changes: nothing differs from the revision before")),
                (not (revision.reason or "").strip(), self.env._("why")),
                (revision.partner_id and not revision.asked_by_id, self.env._("who asked for it")),
                (
                    not revision.asked_on or revision.asked_on > today,
                    self.env._("the day it was asked for, not to come"),
                ),
                (
                    needs.requires_properties and not revision.property_line_ids,
                    self.env._("physical properties: at least one"),
                ),
                (needs.requires_sizes and not revision.size_line_ids, self.env._("pairs per size")),
                (needs.requires_style and not (revision.style_name or "").strip(), self.env._("style: the shoe model")),
            ]
            missing = [f"- {words}" for lacks, words in checks if lacks]
            if missing:
                title = self.env._("%s is not complete yet. Missing:", revision.display_name)
                raise UserError("\n".join([title, *missing]))

    def _withdraw(self) -> None:
        """Withdraw what is open of these revisions."""
        proposed = self.filtered(lambda revision: revision.state == "proposed")
        self._change_state("withdrawn", **self._prepare_decision())
        for revision in proposed:
            revision._post(revision.request_id._get_revision_user(), "withdrawn")
        self._end_asking(self.env._("The proposal was withdrawn."))

    # ------------------------------------------------------------------
    # What a confirmation sets off. Called with all rights
    # ------------------------------------------------------------------

    def _prepare_decision(self) -> dict:
        """Return who decides, and when."""
        return {"decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}

    def _hold(self) -> None:
        """Make this one revision the requirement of its request, with the day R&D promises for it."""
        request = self.request_id
        values = {name: self[name] for name in HEADER_FIELDS if self[name] != request[name]}
        if self.promised_on:
            values["promised_on"] = self.promised_on
        request.write({**values, "revision_id": self.id})
        request.invalidate_recordset(["property_line_ids", "size_line_ids"])

    def _take_along_round(self, more_pairs: int) -> None:
        """Let the round under way follow this revision, unless it stays with the one before.

        A planned round follows; one being made does where R&D says so; none of which something is there.

        :param more_pairs: pairs that the revision asks for in addition, negative for fewer
        """
        under_way = self.request_id.current_round_id
        if under_way.state not in ROUND_OPEN_STATES:
            return
        planned = under_way.state == "planned"
        if not under_way._is_untouched() or not (planned or self.moves_round):
            return
        values = {"revision_id": self.id}
        if more_pairs:
            values["quantity"] = max(under_way.quantity + more_pairs, under_way.retained_quantity, 1)
        if self.promised_on:
            values["promised_on"] = self.promised_on
        under_way.measurement_ids.unlink()
        under_way.write(values)
        if not planned:
            under_way._prepare_measurements()

    # ------------------------------------------------------------------
    # Who is told, in their language
    # ------------------------------------------------------------------

    def _ask_rnd(self) -> None:
        """Ask R&D to decide."""
        of_request = {revision.request_id: revision for revision in self}
        self.env["mail.activity"]._sales_ask(
            ACTIVITY_REVISION,
            {request: request._get_revision_user() for request in of_request},
            lambda request: request.env._("Decide on revision %s of the specification", of_request[request].number),
            note=lambda request: of_request[request].with_env(request.env)._list_changes(),
            notify=True,
        )

    def _end_asking(self, feedback: str) -> None:
        """Close what R&D was asked for."""
        requests = self.request_id.sudo()  # sudo: a task of the other department
        requests.activity_feedback([ACTIVITY_REVISION], feedback=feedback)

    def _tell_decision(self) -> None:
        """Tell the salesperson what R&D decided, so that the customer hears of it."""
        self._end_asking(self.env._("R&D has decided."))
        self._post(self.request_id.user_id, self.state)
        self.env["mail.activity"]._sales_ask(
            "mail.mail_activity_data_todo",
            {request: request.user_id for request in self.request_id if request.user_id != self.env.user},
            lambda request: request.env._("Tell the customer: %s", self.with_env(request.env)._get_news(self.state)),
            note=lambda request: self.with_env(request.env)._list_changes(),
            notify=True,
        )

    def _get_news(self, news: str) -> str:
        """Return in one sentence what happened to this one revision, in the language of the environment.

        :param news: its state
        """
        names = {"number": self.number, "why": self.reason or ""}
        if news == "proposed":
            return self.env._("Revision %(number)s of the specification is proposed: %(why)s", **names)
        if news == "confirmed" and self.promised_on:
            day = format_date(self.env, self.promised_on)
            return self.env._("R&D confirmed revision %(number)s, promised for %(day)s", day=day, **names)
        if news == "confirmed":
            return self.env._("R&D confirmed revision %(number)s, the day promised stays", **names)
        if news == "refused":
            note = self.decision_note or ""
            return self.env._("R&D refused revision %(number)s: %(note)s", note=note, **names)
        return self.env._("Revision %(number)s was withdrawn", **names)

    def _list_changes(self) -> Markup:
        """Return what this one revision changes, as a list."""
        rows = (Markup("<li>%s</li>") % line for line in (self.changes or "").splitlines())
        return Markup("<ul>%s</ul>") % Markup().join(rows)

    def _post(self, reader, news: str) -> None:
        """Write on the request what happened to this one revision, in the language of whom it concerns.

        :param reader: `res.users`
        :param news: the state it has reached
        """
        told = self.with_context(lang=reader.lang or self.env.lang)
        body = Markup("<p>%s</p>%s") % (told._get_news(news), told._list_changes())
        if news == "confirmed" and self.decision_note:
            body += Markup("<p>%s</p>") % self.decision_note
        self.request_id.message_post(body=body, subtype_xmlid="mail.mt_note")

    # ------------------------------------------------------------------
    # The customer's page
    # ------------------------------------------------------------------

    def _get_confirmed_day(self) -> date:
        """Return the company's day on which this one revision was confirmed."""
        zone = self.company_id._sales_timezone()
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), self.decided_at).date()
