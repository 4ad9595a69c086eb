from collections.abc import Mapping

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.verdict import contradictions, new_points

SALES_GROUP = "sales_team.group_sale_salesman"


class SaleSampleRound(models.Model):
    """What the customer answers on a round, and what follows from it."""

    _inherit = "sale.sample.round"

    def _record_answer(
        self,
        verdict: str,
        changes: Mapping[str, bool] | None = None,
        comments: Mapping[str, str] | None = None,
        solved_points=None,
        comment: str = "",
        answered_by=None,
        reason=None,
    ) -> "models.Model":
        """Record the customer's answer; return the round it opens, if any.

        Approved: the request is approved. Changes: the next round opens and takes
        all open points along. Rejected: the request ends for the reason given.

        :param verdict: "approved", "changes" or "rejected"
        :param changes: part → whether the customer wants it changed
        :param comments: part → what the customer said; each line becomes a point
        :param solved_points: points of earlier rounds that this one has solved.
            None: all of them when the verdict is "approved", else none
        :param answered_by: contact (`res.partner`) who answered
        :param reason: `sale.sample.reason` of a rejection
        :raises AccessError: when the user does not speak for the customer
        :raises UserError: when the answer contradicts itself, or the round is not with the customer
        """
        self.ensure_one()
        self._check_may_answer()
        changes, comments = dict(changes or {}), dict(comments or {})
        carried = self.carried_point_ids.filtered(lambda point: not point.solved_round_id)
        solved = (carried if verdict == "approved" else carried.browse()) if solved_points is None else solved_points
        solved &= carried
        self._check_answer(verdict, changes, comments, carried - solved)
        if verdict == "rejected" and not reason:
            raise UserError(self.env._("Choose the reason for which %s was rejected.", self.display_name))
        self._change_state(
            "answered",
            verdict=verdict,
            answered_on=self._get_today(),
            answered_by_id=answered_by.id if answered_by else False,
            answer_user_id=self.env.uid,
            answer_comment=comment,
        )
        records = self.sudo()  # sudo: answers are closed to hands; access was checked above
        records._store_verdict(changes, comments)
        solved.sudo().solved_round_id = self.id  # sudo: R&D's points, answered by the customer
        following = self.browse()
        if verdict == "approved":
            records._seal()
            self.request_id._end_approved()
        elif verdict == "rejected":
            self.request_id._end("rejected", reason, comment)
        else:
            following = self.request_id._open_round().with_env(self.env)
        self._after_step()
        self._tell_answer(following)
        return following

    def _check_may_answer(self) -> None:
        """Refuse answers by those who do not speak for the customer.

        :raises AccessError: when the user is neither a salesperson nor the customer's own page
        """
        if not self.env.su and not self.env.user.has_group(SALES_GROUP):
            raise AccessError(self.env._("The customer's answer is recorded by the salesperson of the request."))

    def _check_answer(self, verdict: str, changes: Mapping[str, bool], comments: Mapping[str, str], still_open) -> None:
        """Refuse an answer that contradicts itself.

        :raises UserError: what contradicts what, and the way out
        """
        labels = dict(self.env["sale.sample.verdict.line"]._fields["part"]._description_selection(self.env))
        found = contradictions(verdict, changes, comments, still_open.mapped("name"))
        for problem in found:
            parts = ", ".join(labels[part] for part in problem.parts)
            if problem.code == "change_without_words":
                raise UserError(self.env._("Write what the customer wants changed: %s.", parts))
            if problem.code == "changes_without_any":
                raise UserError(
                    self.env._("%s: say which part is to be changed, or record an approval.", self.display_name)
                )
            if parts:
                raise UserError(
                    self.env._(
                        "%(round)s cannot be approved while parts are to be changed: %(parts)s. "
                        "Record changes instead, or set these parts to OK.",
                        round=self.display_name,
                        parts=parts,
                    )
                )
            raise UserError(
                self.env._(
                    "%(round)s cannot be approved while points are open: %(points)s.",
                    round=self.display_name,
                    points="; ".join(still_open.mapped("display_name")),
                )
            )

    def _store_verdict(self, changes: Mapping[str, bool], comments: Mapping[str, str]) -> None:
        """Store the verdict on each part, and the points it raises. Called with all rights."""
        self.env["sale.sample.verdict.line"].create([
            {"round_id": self.id, "part": part, "opinion": "change" if change else "ok", "comment": comments.get(part)}
            for part, change in changes.items()
        ])
        self.env["sale.sample.point"].create([
            {"origin_round_id": self.id, "part": part, "name": text} for part, text in new_points(changes, comments)
        ])

    def _seal(self) -> None:
        """Keep a pair of an approved round as the sealed standard, where the type wants one."""
        today = self._get_today()
        self.env["sale.sample.article"].create([
            {
                "request_id": record.request_id.id,
                "round_id": record.id,
                "kind": "sealed",
                "pairs": 1,
                "kept_on": today,
                "kept_until": record._get_retention_end(today),
            }
            for record in self
            if record.type_id.is_sealed
        ])

    def _record_signature(self, name: str, signature: str | bytes) -> None:
        """Record that the customer signed an approved round.

        :param name: who signed
        :param signature: picture of the signature, in base64
        :raises UserError: when the round is not approved, or has been signed
        """
        self.ensure_one()
        if self.verdict != "approved" or self.signed_on:
            raise UserError(self.env._("%s cannot be signed: sign an approved sample, once.", self.display_name))
        self.check_access("write")
        record = self.sudo()  # sudo: a signature is closed to hands; access was checked above
        record.write({"signed_by": name, "signed_on": fields.Datetime.now(), "signature": signature})

    def _tell_answer(self, following) -> None:
        """Give R&D the work that follows from the answer.

        :param following: the round that the answer opened, empty when it opened none
        """
        for record in following:
            user = record.rnd_user_id
            if user and user != self.env.user:
                texts = record.with_context(lang=user.lang)
                record.sudo().activity_schedule(  # sudo: an activity for a colleague in another department
                    "mail.mail_activity_data_todo",
                    date_deadline=record.promised_on or self._get_today(),
                    summary=texts.env._(
                        "Plan round %(number)s: %(count)s open points",
                        number=record.number,
                        count=record.carried_point_count,
                    ),
                    user_id=user.id,
                )
