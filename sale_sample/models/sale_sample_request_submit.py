from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, is_html_empty

from ..tools.article import Article, same_article


class SaleSampleRequest(models.Model):
    """Into R&D's hands: nothing that the type asks for may be missing."""

    _inherit = "sale.sample.request"

    missing_note = fields.Text(
        "Still Missing",
        compute="_compute_missing_note",
        groups="base.group_user",
        help="What the type asks for before the hand-over",
    )

    @api.depends(
        "state",
        "type_id",
        "partner_id",
        "user_id",
        "needed_by",
        "product_id",
        "product_family_id",
        "style_name",
        "style_file_ids",
        "property_line_ids",
        "function",
        "size_line_ids",
        "expected_yearly_volume",
        "question_ids.answer",
    )
    def _compute_missing_note(self):
        missing = self.filtered(lambda request: request.state in ("draft", "returned"))._get_missing()
        for request in self:
            request.missing_note = "\n".join(missing.get(request, []))

    def action_submit(self) -> None:
        """Hand the requests over to R&D.

        :raises UserError: naming for each request every item that is missing
        """
        self._check_sellers()
        missing = self._get_missing()
        if missing:
            lines = []
            for request, items in missing.items():
                lines.append(self.env._("%s is not complete yet. Missing:", request.display_name))
                lines += [f"- {item}" for item in items]
            raise UserError("\n".join(lines))
        now = fields.Datetime.now()
        self._change_state("submitted", submitted_at=now, reminded_at=False, escalated_at=False)
        self._after_submit()

    def action_take_back(self) -> None:
        """Take requests back that R&D has not accepted yet, to change what they ask for."""
        self._check_sellers()
        waiting = self.filtered(lambda request: request.state == "submitted")
        if waiting != self:
            raise UserError(
                self.env._(
                    "Only a request that waits for R&D can be taken back. These are not: %s.",
                    ", ".join((self - waiting).mapped("display_name")),
                )
            )
        self._change_state("returned", reminded_at=False, escalated_at=False)
        self._end_activities(self.env._("Taken back by sales."))

    def _get_missing(self) -> dict:
        """Return what keeps requests from being handed over: request → list of items, in the user's language.

        Complete requests are not among the keys. The queries do not grow with the requests.
        """
        unmet = self._get_unmet_prerequisites()
        missing = {request: request._get_missing_items() for request in self}
        for request, prerequisite in unmet.items():
            missing[request].append(
                self.env._("an approved %(type)s of the same customer and article", type=prerequisite.name)
            )
        return {request: items for request, items in missing.items() if items}

    def _get_missing_items(self) -> list[str]:
        """Return the items that one request itself lacks. Extension point."""
        self.ensure_one()
        needs = self.type_id
        today = self.company_id._sales_today()
        checks = [
            (not self.partner_id and not self.lead_id, self.env._("the customer or the opportunity")),
            (not self.user_id, self.env._("the salesperson")),
            (not self.product_id and not self.product_family_id, self.env._("the product or the product family")),
            (needs.requires_style and not (self.style_name or "").strip(), self.env._("style: the shoe model")),
            (
                needs.requires_reference and not self.style_file_ids,
                self.env._("style: a file of the last, the 3D model or a drawing"),
            ),
            (needs.requires_properties and not self.property_line_ids, self.env._("physical properties: at least one")),
            (needs.requires_function and is_html_empty(self.function), self.env._("function: what the part has to do")),
            (needs.requires_sizes and not self.size_line_ids, self.env._("pairs per size")),
            (needs.requires_volume and self.expected_yearly_volume <= 0, self.env._("the expected yearly volume")),
            (not self.needed_by, self.env._("due date: the day it is needed by")),
        ]
        items = [words for lacks, words in checks if lacks]
        if self.needed_by and self.needed_by < today:
            day = format_date(self.env, self.needed_by)
            items.append(self.env._("due date: %s is past, choose a day to come", day))
        open_questions = self.question_ids.filtered(lambda question: not (question.answer or "").strip())
        items += [self.env._("the answer to R&D's question “%s”", question.name) for question in open_questions]
        return items

    def _get_article(self) -> Article:
        """Return what one request is about."""
        self.ensure_one()
        return Article(self.product_id.id or 0, self.product_family_id.id or 0, self.style_name or "")

    def _get_unmet_prerequisites(self) -> dict:
        """Return the types that had to be approved before: request → type, for those not approved yet."""
        asking = self.filtered("type_id.prerequisite_type_id")
        if not asking:
            return {}
        everything = self.sudo()  # sudo: a colleague's approved sample counts
        approved = everything.search([
            ("state", "=", "approved"),
            ("type_id", "in", asking.type_id.prerequisite_type_id.ids),
            ("company_id", "in", asking.company_id.ids),
            "|",
            ("commercial_partner_id", "in", asking.commercial_partner_id.ids),
            ("lead_id", "in", asking.lead_id.ids),
        ])
        articles = defaultdict(list)
        for request in approved:
            for who in (request.commercial_partner_id, request.lead_id):
                if who:
                    articles[request.company_id.id, request.type_id.id, who._name, who.id].append(
                        request._get_article()
                    )
        unmet = {}
        for request in asking:
            article, needed = request._get_article(), request.type_id.prerequisite_type_id
            found = [
                earlier
                for who in (request.commercial_partner_id, request.lead_id)
                if who
                for earlier in articles[request.company_id.id, needed.id, who._name, who.id]
            ]
            if not any(same_article(article, earlier) for earlier in found):
                unmet[request] = needed
        return unmet
