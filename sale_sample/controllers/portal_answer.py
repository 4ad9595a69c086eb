from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from ..tools.portal_answer import MAX_COMMENT, PortalAnswer, read_answer
from .portal import SamplePortal


class SamplePortalAnswer(SamplePortal):
    """Customers answer rounds and sign sealed samples. Each step is taken once, however often it is sent."""

    @http.route(
        "/my/samples/<int:request_id>/answer/<int:round_id>", type="http", auth="public", website=True, methods=["POST"]
    )
    def portal_sample_answer(self, request_id, round_id, verdict=None, access_token=None, **form):
        """Record the customer's answer on a round: approved, or what is to be changed."""
        try:
            sample = self._get_sample(request_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        shown = sample._get_portal_rounds().filtered(lambda one: one.id == round_id)
        if not shown or verdict not in ("approved", "changes"):
            return self._back_to(sample, "invalid")
        if shown.state != "sent":
            return self._back_to(sample, "answered_before")
        answer = read_answer(form)
        refusal = self._refuse_answer(shown, verdict, answer)
        if not refusal:
            try:
                with request.env.cr.savepoint():
                    self._store_answer(sample, shown, verdict, answer, access_token, form)
            except UserError as error:
                shown.invalidate_recordset(["state"])
                if shown.state != "sent":
                    return self._back_to(sample, "answered_before")
                refusal = str(error)
        if refusal:
            known = {key: form[key] for key in ("pid", "hash") if key in form}
            return self._render_sample(sample, access_token, refusal=refusal, answer=answer, status=422, **known)
        return self._back_to(sample, "approved" if verdict == "approved" else "changes")

    def _store_answer(self, sample, shown, verdict: str, answer: PortalAnswer, access_token, form) -> None:
        """Record an answer that was found complete."""
        partner = self._get_sample_partner(
            sample, access_token, **{key: form[key] for key in ("pid", "hash") if key in form}
        )
        approved = verdict == "approved"
        solved = shown.carried_point_ids.filtered(lambda point: point.id in answer.solved)
        shown._record_portal_answer(
            verdict,
            partner,
            dict.fromkeys(answer.changes, False) if approved else answer.changes,
            {} if approved else answer.comments,
            solved_points=None if approved else solved,
            comment=answer.general,
        )
        shown._set_answer_user(request.env.user)

    def _refuse_answer(self, shown, verdict: str, answer: PortalAnswer) -> str | None:
        """Return why an answer is not taken, in words; None when it is."""
        env = request.env
        if env.user._is_internal():
            return env._("This is the customer's page. Record the customer's answer on the round itself.")
        if answer.too_long:
            names = {part: label for part, label, _hint in self._get_part_labels()}
            return env._(
                "Please shorten your text to %(limit)s characters each: %(parts)s.",
                limit=MAX_COMMENT,
                parts=", ".join(names.get(part, env._("Remark")) for part in answer.too_long),
            )
        if verdict == "approved" and shown.type_id.is_sealed:
            return env._("A sealed sample is approved by a signature.")
        open_points = shown.carried_point_ids.filtered(lambda point: not point.solved_round_id)
        if verdict == "changes" and not answer.comments and set(open_points.ids) <= answer.solved:
            return env._("Please write what is to be changed, in at least one of the fields.")
        return None

    @http.route("/my/samples/<int:request_id>/sign/<int:round_id>", type="jsonrpc", auth="public", website=True)
    def portal_sample_sign(self, request_id, round_id, access_token=None, name=None, signature=None, **kwargs):
        """Approve a sealed sample by a signature, or sign one that was approved by word of mouth."""
        args = request.httprequest.args
        access_token = access_token or args.get("access_token")
        try:
            sample = self._get_sample(request_id, access_token)
        except (AccessError, MissingError):
            return {"error": request.env._("This sample does not exist, or the link has expired.")}
        shown = sample._get_portal_rounds().filtered(lambda one: one.id == round_id)
        if request.env.user._is_internal():
            return {"error": request.env._("This is the customer's page: only the customer signs.")}
        if not shown.type_id.is_sealed or not (shown.state == "sent" or shown._awaits_signature()):
            return {"error": request.env._("There is nothing to sign: this round has been answered already.")}
        partner = self._get_sample_partner(sample, access_token, pid=args.get("pid"), hash=args.get("hash"))
        was_sent = shown.state == "sent"
        try:
            with request.env.cr.savepoint():
                shown._record_portal_signature(name, signature, partner)
                if was_sent:
                    shown._set_answer_user(request.env.user)
        except UserError as error:
            return {"error": str(error)}
        return {"force_refresh": True, "redirect_url": sample.get_portal_url(query_string="&message=signed")}

    def _back_to(self, sample, message: str):
        """Return to the page of a request, with a message that the page knows."""
        return request.redirect(sample.get_portal_url(query_string=f"&message={message}"))
