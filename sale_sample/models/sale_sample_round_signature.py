from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, html2plaintext

from ..tools.signature import MAX_NAME, digest, signature_problem

#: What the customer signed is recorded by one method and never edited.
SIGNATURE_FIELDS = frozenset({"signed_by", "signed_on", "signature", "signed_statement", "signed_digest"})


class SaleSampleRound(models.Model):
    """The customer's signature under a sealed sample: what was signed is kept word for word."""

    _inherit = "sale.sample.round"

    signed_statement = fields.Text("What Was Signed", readonly=True, copy=False)
    signed_digest = fields.Char(
        "Fingerprint", readonly=True, copy=False, help="SHA-256 of what was signed. The customer has it, too."
    )

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name in SIGNATURE_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    def _awaits_signature(self) -> bool:
        """Tell whether this one round is an approved sealed sample that nobody has signed."""
        return bool(self.type_id.is_sealed and self.verdict == "approved" and not self.signed_on)

    def _check_signature(self, name: str, signature: str | bytes) -> None:
        """Refuse what is no signature.

        :param name: who signs
        :param signature: picture of the signature, in base64
        :raises UserError: what is wrong with it
        """
        if not isinstance(name, str) or not name.strip():
            raise UserError(self.env._("Write your name under the signature."))
        if len(name) > MAX_NAME:
            raise UserError(self.env._("The name may have %s characters at most.", MAX_NAME))
        problem = signature_problem(signature)
        if problem == "empty":
            raise UserError(self.env._("The signature is missing. Draw it, or let it be drawn from your name."))
        if problem == "too_big":
            raise UserError(self.env._("The picture of the signature is too large."))
        if problem:
            raise UserError(self.env._("The signature is not a picture. Use a PNG or JPEG file."))

    def _record_signature(self, name, signature):
        """Keep what was signed, and its fingerprint, with the signature. Of two who sign at once, one passes."""
        self.ensure_one()
        self._check_signature(name, signature)
        self._lock_for_transition()
        self.invalidate_recordset(["signed_on"])
        result = super()._record_signature(name.strip(), signature)
        record = self.sudo()  # sudo: closed to hands; access was checked by the signature itself
        statement = record._get_signed_statement()
        record.write({"signed_statement": statement, "signed_digest": digest(statement)})
        return result

    def _record_portal_signature(self, name: str, signature: str | bytes, answered_by) -> None:
        """Record the signature that a customer gave on their page; a round with the customer is approved by it.

        :param name: who signed
        :param signature: picture of the signature, in base64
        :param answered_by: the contact who signed
        :raises UserError: when it is no signature, or there is nothing to sign
        """
        self.ensure_one()
        self._check_signature(name, signature)
        if self.state == "sent":
            parts = self.env["sale.sample.verdict.line"]._fields["part"].get_values(self.env)
            self._record_portal_answer("approved", answered_by, dict.fromkeys(parts, False))
        self._record_signature(name, signature)
        line = self.env._("Round %(number)s is signed by %(name)s.", number=self.number, name=self.signed_by)
        mark = self.env._("Fingerprint: %s", self.signed_digest)
        self._post_as_customer(answered_by, Markup("<p>%s</p><p><small>%s</small></p>") % (line, mark))

    def _get_signed_statement(self) -> str:
        """Return in words what is signed with this round: requirement, measured values, photos."""
        self.ensure_one()
        request, text = self.request_id, self.env._
        product = request.product_id or request.product_family_id
        moment = fields.Datetime.to_string(self.signed_on)
        return "\n".join([
            text("Sample %(request)s, round %(number)s", request=request.name, number=self.number),
            text("Customer: %s", request.commercial_partner_id.name or ""),
            text("Type of sample: %s", self.type_id.name),
            text("Product: %s", product.display_name or ""),
            text("Style: %s", request.style_name or ""),
            text("Last: %s", request.last_number or ""),
            text("Function: %s", html2plaintext(request.function or "").strip()),
            *self._get_stated_sizes(),
            *self._get_stated_properties(),
            text("Sent on %s", format_date(self.env, self.sent_on) if self.sent_on else ""),
            *(text("Photo, SHA-1 %s", checksum) for checksum in self._get_photo_checksums()),
            text("Approved and signed by %(name)s on %(moment)s UTC", name=self.signed_by, moment=moment),
        ])

    def _get_stated_sizes(self) -> list[str]:
        """Return the pairs per size, in words."""
        request = self.request_id
        system = request._get_size_system_label()
        text = self.env._
        return [
            text("Size %(size)s %(system)s: %(pairs)s pairs", size=f"{line.size:g}", system=system, pairs=line.pairs)
            for line in request.size_line_ids
        ]

    def _get_stated_properties(self) -> list[str]:
        """Return the properties asked for with the values measured, in words."""
        measured = {line.property_line_id: line for line in self.measurement_ids}
        return [
            self.env._(
                "%(property)s: %(target)s, measured %(value)s",
                property=line.property_id.name,
                target=line.requirement or "",
                value=measured[line]._get_value_in_words() if line in measured else "–",
            )
            for line in self.request_id.property_line_ids
        ]

    def _get_photo_checksums(self) -> list[str]:
        """Return the checksums of the photos of this round, in their order."""
        photos = self.photo_ids
        domain = [("res_model", "=", photos._name), ("res_field", "=", "image"), ("res_id", "in", photos.ids)]
        files = self.env["ir.attachment"].sudo().search(domain)  # sudo: read for the record of what was signed
        found = {file.res_id: file.checksum for file in files}
        return [found[photo.id] for photo in photos if photo.id in found]
