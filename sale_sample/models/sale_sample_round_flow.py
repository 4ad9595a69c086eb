from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.exceptions import AccessError, UserError

from .sale_sample_round import MAKER_GROUPS


class SaleSampleRound(models.Model):
    """From the plan of a round to its way to the customer."""

    _inherit = "sale.sample.round"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_start(self) -> None:
        """Begin the making; a row to fill awaits each property the customer set."""
        self._check_maker()
        self._change_state("making", started_on=self._get_today())
        for record in self.filtered(lambda record: not record.stage_id):
            record.stage_id = record._get_work_stages()[:1]
        self._prepare_measurements()
        self._after_step()

    def action_made(self) -> None:
        """The pairs are made; those to keep become retained samples."""
        self._check_maker()
        self._change_state("made", made_on=self._get_today())
        for record in self:
            record.stage_id = record._get_work_stages()[-1:] or record.stage_id
        self._keep_retained()
        self._after_step()

    def action_open_send(self) -> dict:
        """Open the dialog that asks how the round travels.

        :raises UserError: when the round cannot go to the customer as it is
        """
        self.ensure_one()
        self._check_ready_to_send()
        return self._open_dialog("sale.sample.round.send", self.env._("Send to Customer"))

    def action_open_answer(self) -> dict:
        """Open the dialog that records what the customer said."""
        self.ensure_one()
        return self._open_dialog("sale.sample.round.answer", self.env._("Customer's Answer"))

    def action_cancel(self) -> None:
        """Give up rounds that did not reach the customer; the request itself goes on."""
        self._check_maker()
        sent = self.filtered(lambda record: record.state == "sent")
        if sent:
            raise UserError(
                self.env._(
                    "%(rounds)s: the customer has it. Record the answer, or end the request.",
                    rounds=", ".join(sent.mapped("display_name")),
                )
            )
        self._change_state("cancelled")
        self._after_step()

    def action_open_form(self) -> dict:
        """Open this round on a page of its own."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.sample.round",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _open_dialog(self, model: str, name: str) -> dict:
        """Return the action of a dialog about this round."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_round_id": self.id},
        }

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _get_today(self) -> date:
        """Return today in the time zone of the company of the rounds."""
        return (self.company_id[:1] or self.env.company)._sales_today()

    def _check_maker(self) -> None:
        """Refuse steps of the making to those who do not make samples.

        :raises AccessError: when the user is neither R&D nor a sales manager
        """
        if not self.env.su and not self.env.user.has_groups(MAKER_GROUPS):
            raise AccessError(self.env._("Making samples is up to R&D. Ask the R&D colleague of the request."))

    def _get_work_stages(self) -> "models.Model":
        """Return the stages of R&D's work that the type of sample goes through, in their order."""
        return self.type_id.stage_ids.filtered(lambda stage: stage.kind == "work").sorted("sequence")

    def _prepare_measurements(self) -> None:
        """Add an empty measured value for each required or wanted property not there yet."""
        values = []
        for record in self:
            known = record.measurement_ids.property_line_id
            values += [
                {"round_id": record.id, "property_line_id": line.id}
                for line in record.request_id.property_line_ids - known
            ]
        self.env["sale.sample.measurement"].create(values)

    def _keep_retained(self) -> None:
        """Store the pairs that stay with us, for as long as the type of sample says."""
        articles = self.env["sale.sample.article"]
        today = self._get_today()
        articles.create([
            {
                "request_id": record.request_id.id,
                "round_id": record.id,
                "kind": "retained",
                "pairs": record.retained_quantity,
                "kept_on": today,
                "kept_until": record._get_retention_end(today),
            }
            for record in self
            if record.retained_quantity
        ])

    def _get_retention_end(self, day: date) -> date | bool:
        """Return the day until which samples of this round are kept, False where the type sets no time."""
        months = self.type_id.retention_months
        return day + relativedelta(months=months) if months else False

    def _check_ready_to_send(self) -> None:
        """Refuse to send a round that lacks measured values, or failed without a reason to send it.

        :raises UserError: naming the round and each property concerned
        """
        for record in self:
            unmeasured = record.measurement_ids.filtered(
                lambda line: line.property_line_id.required and line.result == "none" and not line.is_measured
            )
            if unmeasured:
                raise UserError(
                    self.env._(
                        "%(round)s cannot be sent before these properties are measured: %(properties)s.",
                        round=record.display_name,
                        properties=", ".join(unmeasured.mapped("property_id.display_name")),
                    )
                )
            failed = record.measurement_ids.filtered(lambda line: line.result == "fail")
            if failed and not (record.concession or "").strip():
                raise UserError(
                    self.env._(
                        "%(round)s failed on: %(properties)s. Make it again, or write under "
                        "“Sent in Spite of Failures” why the customer gets it all the same.",
                        round=record.display_name,
                        properties=", ".join(failed.mapped("property_id.display_name")),
                    )
                )

    def _send(self, sent_on: date, **shipping: str) -> None:
        """Record that rounds are on their way to the customer.

        :param sent_on: not before they were made, not in the future
        :param shipping: `carrier`, `tracking_ref` and `tracking_url`, each optional
        :raises UserError: when a round is not ready, or the day cannot be
        """
        self._check_ready_to_send()
        for record in self:
            if sent_on > record._get_today() or (record.made_on and sent_on < record.made_on):
                raise UserError(
                    self.env._(
                        "%(round)s was made on %(made)s: it was sent on a day since then, and not after today.",
                        round=record.display_name,
                        made=record.made_on,
                    )
                )
        self.write({key: shipping.get(key) or False for key in ("carrier", "tracking_ref", "tracking_url")})
        self._change_state("sent", sent_on=sent_on)
        self._after_step()

    def _mail_customer(self, template: str) -> None:
        """Write to the customer of each round by email, in their language.

        :param template: external id of a `mail.template` of rounds
        """
        for record in self:
            mail_template = self.env.ref(template).sudo()  # sudo: R&D, too, sends what the template says
            mail_template.send_mail(record.id, email_layout_xmlid="mail.mail_notification_light")

    def _after_step(self) -> None:
        """Hook: called once the rounds have reached another state."""
