from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.portal.utils import get_portal_partner

from ..constants import CLOSED_STATES
from ..models.sale_sample_verdict_line import ASPECTS
from ..tools.portal_answer import MAX_COMMENT, PortalAnswer, as_token, clean_text, read_answer

HISTORY = "my_samples_history"
#: The greatest id that the database has room for.
GREATEST_ID = 2**31 - 1


class SamplePortal(CustomerPortal):
    """Customers see their sample requests, answer rounds, and sign sealed samples.

    Each step is taken once, however often it is sent. What a visitor adds to an address or a form is read by name;
    nothing else of it reaches a page.
    """

    # ------------------------------------------------------------------
    # Home and list
    # ------------------------------------------------------------------

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        samples = request.env["sale.sample.request"]
        asked = {"sample_count": Domain.TRUE, "sample_waiting_count": samples._get_portal_waiting_domain()}
        for name in filter(counters.__contains__, asked):
            domain = self._prepare_sample_domain() & asked[name]
            values[name] = samples.search_count(domain) if samples.has_access("read") else 0
        return values

    def _prepare_sample_domain(self) -> Domain:
        """Return the domain of the requests that the user sees on the portal."""
        return request.env["sale.sample.request"]._get_portal_domain(request.env.user.partner_id)

    def _get_sample_sortings(self) -> dict:
        """Return how the list may be sorted. Extension point."""
        return {
            "date": {"label": request.env._("Newest"), "order": "submitted_at desc, id desc"},
            "needed": {"label": request.env._("Needed by"), "order": "needed_by, id desc"},
            "name": {"label": request.env._("Number"), "order": "name desc"},
            "style": {"label": request.env._("Style"), "order": "style_name, id desc"},
        }

    def _get_sample_filters(self) -> dict:
        """Return what the list may be limited to. Extension point."""
        closed = Domain("state", "in", CLOSED_STATES)
        waiting = request.env["sale.sample.request"]._get_portal_waiting_domain()
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "waiting": {"label": request.env._("Waiting for You"), "domain": waiting},
            "open": {"label": request.env._("Open"), "domain": ~closed},
            "closed": {"label": request.env._("Closed"), "domain": closed},
        }

    def _get_sample_searches(self) -> dict:
        """Return where the list may be searched. Extension point."""
        return {
            "all": {"input": "all", "label": request.env._("Search in All")},
            "name": {"input": "name", "label": request.env._("Search in Number")},
            "style": {"input": "style", "label": request.env._("Search in Style")},
        }

    def _get_sample_search_domain(self, search: str | None, search_in: str) -> Domain:
        """Return the domain of what the user looks for.

        :param search_in: a key of the searches
        """
        if not search:
            return Domain.TRUE
        fields = {"name": ["name"], "style": ["style_name"]}.get(search_in, ["name", "style_name"])
        return Domain.OR(Domain(field, "ilike", search) for field in fields)

    @http.route(["/my/samples", "/my/samples/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_samples(self, page=1, sortby=None, filterby=None, search=None, search_in="all", **kwargs):
        """Show the user's sample requests."""
        samples = request.env["sale.sample.request"]
        sortings, filters, searches = (
            self._get_sample_sortings(),
            self._get_sample_filters(),
            self._get_sample_searches(),
        )
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        search_in = search_in if search_in in searches else "all"
        search = clean_text(search)
        page = page if str(page).isascii() else 1  # digits of other scripts are no number to the pager
        domain = self._prepare_sample_domain() & filters[filterby]["domain"]
        domain &= self._get_sample_search_domain(search, search_in)
        readable = samples.has_access("read")
        pager = portal_pager(
            url="/my/samples",
            url_args={"sortby": sortby, "filterby": filterby, "search": search, "search_in": search_in},
            total=samples.search_count(domain) if readable else 0,
            page=page,
            step=self._items_per_page,
        )
        if readable:
            samples = samples.search(
                domain, order=sortings[sortby]["order"], limit=self._items_per_page, offset=pager["offset"]
            )
        request.session[HISTORY] = samples.ids[:100]
        return request.render(
            "sale_sample.portal_my_samples",
            {
                **self._prepare_portal_layout_values(),
                "samples": samples.sudo(),  # sudo: found with the user's rights; the template shows what customers may see
                "page_name": "sample",
                "pager": pager,
                "default_url": "/my/samples",
                "searchbar_sortings": sortings,
                "sortby": sortby,
                "searchbar_filters": filters,
                "filterby": filterby,
                "searchbar_inputs": searches,
                "search_in": search_in,
                "search": search,
                "is_limited": bool(search) or filterby != "all",
            },
        )

    # ------------------------------------------------------------------
    # One request
    # ------------------------------------------------------------------

    def _get_sample(self, request_id: int, access_token: str | None = None):
        """Return a request that the visitor may see, as superuser.

        :param access_token: as the visitor sent it; what cannot be a token opens nothing
        :raises AccessError: no such right, or the request has not been handed over yet
        :raises MissingError: no such request
        """
        if not 0 < request_id <= GREATEST_ID:
            raise MissingError(request.env._("This document does not exist."))
        token = as_token(access_token)
        sample = self._document_check_access("sale.sample.request", request_id, access_token=token)
        if not sample.submitted_at:
            raise AccessError(request.env._("This document does not exist."))
        return sample.with_context(lang=request.env.lang).with_company(sample.company_id)

    def _get_signed_contact(self, pid=None, hash_token=None) -> dict[str, str]:
        """Return the signed contact of a link, as the page hands it on; nothing when it cannot be one.

        :param pid: id of the contact to whom the link was sent, as the visitor sent it
        :param hash_token: what signs it
        """
        signed = as_token(hash_token)
        if not signed or not isinstance(pid, str) or not (pid.isascii() and pid.isdigit() and len(pid) < 10):
            return {}
        return {"pid": pid, "hash": signed}

    def _get_sample_partner(self, sample, access_token=None, signed_contact=None):
        """Return who is visiting: the user's contact, else the one to whom the link was sent.

        :param signed_contact: see `_get_signed_contact`
        """
        if not request.env.user._is_public():
            return request.env.user.partner_id
        signed = signed_contact or {}
        partner = get_portal_partner(sample, signed.get("hash"), signed.get("pid"), as_token(access_token))
        return partner[:1] or sample.contact_id or sample.partner_id

    @http.route("/my/samples/<int:request_id>", type="http", auth="public", website=True)
    def portal_sample_page(self, request_id, access_token=None, message=None, pid=None, **kwargs):
        """Show one request."""
        try:
            sample = self._get_sample(request_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        signed_contact = self._get_signed_contact(pid, kwargs.get("hash"))
        return self._render_sample(sample, access_token, message=message, signed_contact=signed_contact)

    def _render_sample(
        self, sample, access_token, *, message=None, refusal=None, answer=None, status=200, signed_contact=None
    ):
        """Render the page of a request.

        :param message: key of a message that the page knows
        :param refusal: why an answer was refused, in words
        :param answer: the refused `PortalAnswer`, shown again so that nothing is lost
        :param signed_contact: see `_get_signed_contact`
        """
        token = sample._portal_ensure_token()
        partner = self._get_sample_partner(sample, access_token, signed_contact)
        current = sample.current_round_id
        values = {
            "sample": sample,
            "rounds": sample._get_portal_rounds(),
            "current_round": current._shown_to_customer(),
            "expected_on": sample._get_portal_expected_on(),
            "aspects": self._get_aspect_labels(),
            **self._get_consent_texts(sample, current),
            "answer": answer or PortalAnswer({}),
            "max_comment": MAX_COMMENT,
            "visitor": partner,
            "is_preview": request.env.user._is_internal(),
            "message": message,
            "refusal": refusal,
            "page_name": "sample",
            "res_company": sample.company_id,
            "backend_url": f"/odoo/action-{sample._get_portal_return_action().id}/{sample.id}",
        }
        values = self._get_page_view_values(sample, token, values, HISTORY, False, **(signed_contact or {}))
        response = request.render("sale_sample.portal_sample_page", values)
        response.status_code = status
        return response

    def _get_consent_texts(self, sample, current) -> dict[str, str]:
        """Return what the customer agrees to by approving, and by signing."""
        names = {"number": current.number, "sample": sample.display_name, "revision": current.revision_number}
        return {
            "approve_text": request.env._("You approve round %(number)s of %(sample)s.", **names),
            "sign_text": request.env._(
                "By signing you approve, on behalf of %(customer)s, round %(number)s of %(sample)s as the standard for "
                "what we deliver: requirement (revision %(revision)s), measured values and photos as shown on this page.",
                customer=sample.commercial_partner_id.name or "",
                **names,
            ),
        }

    def _get_aspect_labels(self) -> list[tuple[str, str, str]]:
        """Return code, name and explanation of each aspect that a customer judges."""
        hints = {
            "style": request.env._("Shape, last, dimensions, colour, look"),
            "properties": request.env._("Hardness, density, abrasion, strength …"),
            "function": request.env._("How it behaves in the shoe: grip, cushioning, fit"),
            "packing": request.env._("Bags, labels, boxes"),
            "other": request.env._("Anything else"),
        }
        labels = dict(request.env["sale.sample.verdict.line"]._fields["aspect"]._description_selection(request.env))
        return [(aspect, labels[aspect], hints[aspect]) for aspect, _label in ASPECTS]

    # ------------------------------------------------------------------
    # Photos
    # ------------------------------------------------------------------

    @http.route(
        [
            "/my/samples/<int:request_id>/photo/<int:photo_id>",
            "/my/samples/<int:request_id>/photo/<int:photo_id>/<size>",
        ],
        type="http",
        auth="public",
        website=True,
        readonly=True,
        save_session=False,
    )
    def portal_sample_photo(self, request_id, photo_id, size="full", access_token=None, **kwargs):
        """Stream a photo of a round that the customer sees; 404 for everything else, so that nothing is told."""
        try:
            sample = self._get_sample(request_id, access_token)
        except (AccessError, MissingError):
            raise request.not_found() from None
        photo = sample._get_portal_rounds().photo_ids.filtered(lambda photo: photo.id == photo_id)
        if not photo:
            raise request.not_found()
        field = "image_256" if size == "thumbnail" else "image"
        stream = request.env["ir.binary"]._get_image_stream_from(photo, field)
        return stream.get_response(immutable=False)

    # ------------------------------------------------------------------
    # Answers and signatures
    # ------------------------------------------------------------------

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
        signed_contact = self._get_signed_contact(form.get("pid"), form.get("hash"))
        refusal = self._refuse_answer(shown, verdict, answer)
        if not refusal:
            try:
                with request.env.cr.savepoint():
                    partner = self._get_sample_partner(sample, access_token, signed_contact)
                    self._store_answer(shown, verdict, answer, partner)
            except UserError as error:
                shown.invalidate_recordset(["state"])
                if shown.state != "sent":
                    return self._back_to(sample, "answered_before")
                refusal = str(error)
        if refusal:
            return self._render_sample(
                sample, access_token, refusal=refusal, answer=answer, status=422, signed_contact=signed_contact
            )
        return self._back_to(sample, "approved" if verdict == "approved" else "changes")

    def _store_answer(self, shown, verdict: str, answer: PortalAnswer, partner) -> None:
        """Record an answer that was found complete."""
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
            names = {aspect: label for aspect, label, _hint in self._get_aspect_labels()}
            return env._(
                "Please shorten your text to %(limit)s characters each: %(parts)s.",
                limit=MAX_COMMENT,
                parts=", ".join(names.get(aspect, env._("Remark")) for aspect in answer.too_long),
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
        if shown and not shown.type_id.is_sealed:
            return {
                "error": request.env._("There is nothing to sign: this kind of sample is answered without a signature.")
            }
        if not (shown.state == "sent" or shown._awaits_signature()):
            return {"error": request.env._("There is nothing to sign: this round has been answered already.")}
        signed_contact = self._get_signed_contact(args.get("pid"), args.get("hash"))
        partner = self._get_sample_partner(sample, access_token, signed_contact)
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
