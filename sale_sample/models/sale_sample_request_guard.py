from collections.abc import Iterable

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

#: What R&D works from. It is fixed while the request is in R&D's hands.
REQUIREMENT_FIELDS = frozenset({
    "type_id",
    "partner_id",
    "lead_id",
    "product_id",
    "product_family_id",
    "style_name",
    "style_note",
    "last_number",
    "style_file_ids",
    "property_line_ids",
    "function",
    "size_system",
    "size_line_ids",
    "company_id",
})
#: What R&D may write on a request that is not its own.
RND_FIELDS = frozenset({
    "rnd_user_id",
    "promised_on",
    "stage_id",
    "reference_received_on",
    "reference_returned_on",
    "activity_ids",
    "message_follower_ids",
    "message_ids",
    "message_main_attachment_id",
    "round_ids",
    "point_ids",
})
SALES_GROUP = "sales_team.group_sale_salesman"
ALL_GROUP = "sales_team.group_sale_salesman_all_leads"
RND_GROUPS = "sales_department_base.group_collaborator_rnd,sales_team.group_sale_manager"


class SaleSampleRequest(models.Model):
    """Who may change what, and when."""

    _inherit = "sale.sample.request"

    def _check_needed_by(self) -> None:
        """Refuse a day that is past. Records of the past are loaded by the system, without this check.

        :raises ValidationError: naming request and day
        """
        for request in self.filtered("needed_by"):
            if request.needed_by < request.company_id._sales_today():
                raise ValidationError(
                    self.env._(
                        "%(request)s: the day it is needed by, %(day)s, is past. Choose today or a later day.",
                        request=request.display_name,
                        day=format_date(self.env, request.needed_by),
                    )
                )

    @api.constrains("size_system")
    def _check_size_system(self):
        self.size_line_ids._check_sizes()

    def _check_writable(self, names: Iterable[str]) -> None:
        """Refuse changes of what is fixed, and of what another department answers for.

        :param names: of the fields to be written
        :raises UserError: the requirement is in R&D's hands, or the request has ended
        :raises AccessError: the user works for R&D and wants to change the salesperson's part
        """
        if self.env.su:
            return  # only code of the server gets here
        if REQUIREMENT_FIELDS & set(names):
            self._check_requirement_open()
        if "needed_by" in names:
            self._check_nothing_sent()
        if "name" in names:
            raise AccessError(self.env._("The number of a sample request is given once and does not change."))
        foreign = set(names) - RND_FIELDS
        if foreign and not all(request._is_sellers() for request in self):
            labels = [
                self._fields[name]._description_string(self.env) for name in sorted(foreign) if name in self._fields
            ]
            raise AccessError(
                self.env._(
                    "This is for the salesperson of the request to change: %s. Return the request with questions instead.",
                    ", ".join(labels),
                )
            )

    def _check_requirement_open(self) -> None:
        """Refuse to change what R&D works from.

        :raises UserError: naming the requests that R&D has in hand, or that have ended
        """
        fixed = self.filtered(lambda request: request.state not in ("draft", "returned"))
        if fixed:
            raise UserError(
                self.env._(
                    "%s: R&D works from this requirement, it can no longer be changed. Take the request back while "
                    "it waits for R&D, or record the change as a point of the current round.",
                    ", ".join(fixed.mapped("display_name")),
                )
            )

    def _check_nothing_sent(self) -> None:
        """Refuse to change the day a sample is needed by when the customer has it: it tells whether that was in time.

        :raises UserError: naming the requests of which a sample was sent
        """
        sent = self.filtered(lambda request: any(request.round_ids.mapped("sent_on")))
        if sent:
            raise UserError(
                self.env._(
                    "%s: the first sample has been sent, so the day it is needed by stays as it was. Agree on a day for "
                    "the next round with R&D instead.",
                    ", ".join(sent.mapped("display_name")),
                )
            )

    def _is_sellers(self) -> bool:
        """Tell whether the current user acts for sales on this request."""
        self.ensure_one()
        user = self.env.user
        if not user.has_group(SALES_GROUP):
            return False
        return user.has_group(ALL_GROUP) or not self.user_id or user in (self.user_id, self.team_id.user_id)

    def _check_sellers(self) -> None:
        """Refuse what only sales may do.

        :raises AccessError: the user does not act for sales on one of the requests
        """
        if not self.env.su and not all(request._is_sellers() for request in self):
            raise AccessError(self.env._("This is for the salesperson of the request to do."))

    @api.model
    def _check_rnd(self) -> None:
        """Refuse what only R&D (or a sales manager in its place) may do.

        :raises AccessError: the user is neither
        """
        if not self.env.su and not self.env.user.has_groups(RND_GROUPS):
            raise AccessError(self.env._("This is for R&D to do."))
