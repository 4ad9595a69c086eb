from collections.abc import Mapping
from typing import ClassVar

from markupsafe import Markup

from odoo import models

from ..tools.verdict import new_points
from .sale_sample_portal_mixin import SaleSamplePortalMixin


def is_shown_to_customer(sample) -> bool:
    """Tell whether a customer sees a round: from the day on which it was sent."""
    return sample.state in ("sent", "answered") or (sample.state == "cancelled" and bool(sample.sent_on))


class SaleSampleRound(models.Model):
    """A round as the customer sees it and answers it."""

    _name = "sale.sample.round"
    _inherit = ["sale.sample.round", "sale.sample.portal.mixin"]

    _PORTAL_FIELDS: ClassVar[frozenset[str]] = SaleSamplePortalMixin._PORTAL_FIELDS | {
        "answer_comment",
        "answered_by_id",
        "answered_on",
        "carrier",
        "number",
        "partner_id",
        "quantity",
        "request_id",
        "sent_on",
        "signed_by",
        "signed_digest",
        "signed_on",
        "state",
        "tracking_ref",
        "tracking_url",
        "type_id",
        "verdict",
    }

    def _record_portal_answer(
        self,
        verdict: str,
        answered_by,
        changes: Mapping[str, bool],
        comments: Mapping[str, str] | None = None,
        solved_points=None,
        comment: str = "",
    ):
        """Record what the customer answered on their own page; return the round it opens, if any.

        :param verdict: "approved" or "changes"; customers do not end a request on their own
        :param answered_by: the contact (`res.partner`) who answers
        :param changes: part → whether it is to be changed
        :param comments: part → what the customer wrote
        :param solved_points: earlier points that this round has solved; None as in `_record_answer`
        :param comment: remark on the whole sample
        :raises UserError: when the answer contradicts itself, or the round was answered before
        """
        self.ensure_one()
        if verdict not in ("approved", "changes"):
            raise ValueError(f"a customer's page cannot record {verdict!r}")
        self._track_set_author(answered_by)
        self.request_id._track_set_author(answered_by)
        following = self._record_answer(
            verdict, changes, comments, solved_points=solved_points, comment=comment, answered_by=answered_by
        )
        self._post_portal_answer(answered_by, new_points(changes, comments or {}), comment)
        self._ask_salesperson(following)
        return following

    def _set_answer_user(self, user) -> None:
        """Note the portal user who answered, where the customer had logged in."""
        if not user._is_public():
            self.sudo().answer_user_id = user  # sudo: an answer is closed to hands, this completes it

    def _post_portal_answer(self, author, points: list[tuple[str, str]], comment: str) -> None:
        """Post the answer in the customer's name: salesperson and R&D are told, both sides can read it later.

        :param points: part and text of each new point
        """
        labels = dict(self.env["sale.sample.point"]._fields["part"]._description_selection(self.env))
        if self.verdict == "approved":
            title = self.env._("Round %s is approved.", self.number)
        else:
            title = self.env._("Round %s needs changes.", self.number)
        body = Markup("<p>%s</p>") % title
        if points:
            rows = Markup().join(Markup("<li><b>%s</b>: %s</li>") % (labels[part], text) for part, text in points)
            body += Markup("<ul>%s</ul>") % rows
        if comment:
            body += Markup("<p>%s</p>") % Markup("<br/>").join(comment.splitlines())
        self._post_as_customer(author, body)

    def _post_as_customer(self, author, body: Markup) -> None:
        """Post on the request in the name of a contact, who need not have an email address."""
        request = self.request_id
        sender = author.email_formatted or request.company_id.email_formatted
        request.message_post(
            author_id=author.id,
            email_from=sender or self.env.ref("base.partner_root").email_formatted,
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=(request.user_id | request.rnd_user_id).partner_id.ids,
        )

    def _ask_salesperson(self, following) -> None:
        """Give the salesperson the work that follows from an answer they did not record themselves.

        :param following: the round that the answer opened, empty when it opened none
        """
        request = self.request_id
        user = request.user_id
        if not user:
            return
        texts = self.with_context(lang=user.lang).env
        if self.verdict == "approved":
            summary = texts._("The customer approved round %s", self.number)
        else:
            summary = texts._(
                "The customer wants changes on round %(number)s: %(count)s open points",
                number=self.number,
                count=following.carried_point_count,
            )
        request.activity_schedule(
            "mail.mail_activity_data_todo", date_deadline=self._get_today(), summary=summary, user_id=user.id
        )
