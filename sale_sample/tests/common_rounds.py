"""A request in R&D's hands, and the people who work on its rounds."""

import base64
import io
from typing import ClassVar

from PIL import Image

from odoo.fields import Command

from odoo.addons.sales_department_base.tests.common import DepartmentCase

from ..models.sale_sample_verdict_line import ASPECTS

ROLES = {
    "salesman": "sales_team.group_sale_salesman,base.group_partner_manager",
    "other_salesman": "sales_team.group_sale_salesman",
    "salesman_all": "sales_team.group_sale_salesman_all_leads",
    "manager": "sales_team.group_sale_manager",
    "rnd": "sales_department_base.group_collaborator_rnd",
    "quality": "sales_department_base.group_collaborator_quality",
    "finance": "sales_department_base.group_collaborator_finance",
    "policy_admin": "sales_department_base.group_policy_admin",
    "internal": "base.group_user",
}
"""Groups of one user a role; the attribute and the end of the login are the key."""


def picture(width=8, height=8, kind="PNG") -> bytes:
    """Return a picture in base64."""
    stream = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(stream, kind)
    return base64.b64encode(stream.getvalue())


class RoundCase(DepartmentCase):
    """A company of its own, one customer, types and properties made here."""

    ROLES: ClassVar[dict[str, str]] = ROLES
    LOGIN = "sample"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Runner Shoes", "is_company": True, "lang": "en_US"})
        cls.contact = cls.env["res.partner"].create({
            "name": "Lin",
            "parent_id": cls.customer.id,
            "email": "lin@runner.example",
        })
        stages = cls.env["sale.sample.stage"].create([
            {"name": "Press", "kind": "work", "sequence": 900},
            {"name": "Measure", "kind": "work", "sequence": 901},
        ])
        cls.type = cls.env["sale.sample.type"].create({
            "name": "Test Type",
            "code": "TT",
            "stage_ids": [Command.set(stages.ids)],
            "is_sealed": True,
            "retained_quantity": 2,
            "retention_months": 6,
            "requires_style": False,
            "requires_sizes": False,
        })
        cls.hardness, cls.colour = cls.env["sale.sample.property"].create([
            {"name": "Hardness T", "code": "T-HARD", "uom_name": "Shore A", "limit_kind": "range"},
            {"name": "Colour T", "code": "T-COL", "limit_kind": "text"},
        ])
        cls.reason_rejected = cls.env["sale.sample.reason"].create({"name": "Test rejected", "kind": "rejected"})
        cls.reason_cancelled = cls.env["sale.sample.reason"].create({"name": "Test cancelled", "kind": "cancelled"})

    # ------------------------------------------------------------------
    # Requests and rounds
    # ------------------------------------------------------------------

    @classmethod
    def _request(cls, accepted=True, **values):
        """Return a request of the salesman, accepted by R&D unless told otherwise: its first round is open."""
        request = cls.env["sale.sample.request"].create({
            "type_id": cls.type.id,
            "partner_id": cls.customer.id,
            "contact_id": cls.contact.id,
            "user_id": cls.salesman.id,
            "style_name": "Runner 26",
            "needed_by": "2099-12-31",
            "size_line_ids": [Command.create({"size": 42, "pairs": 3})],
            "property_line_ids": [
                Command.create({
                    "property_id": cls.hardness.id,
                    "limit_kind": "range",
                    "target": 65,
                    "tolerance_minus": 3,
                    "tolerance_plus": 2,
                    "uom_name": "Shore A",
                }),
                Command.create({
                    "property_id": cls.colour.id,
                    "limit_kind": "text",
                    "target_text": "As the swatch",
                    "required": False,
                }),
            ],
            **values,
        })
        if accepted:
            cls._accept(request)
        return request

    @classmethod
    def _accept(cls, request):
        """Take a request to R&D's hands along its transitions."""
        request.sudo()._change_state("submitted", submitted_at="2026-01-05 01:00:00")
        request.sudo()._change_state(
            "accepted", accepted_at="2026-01-06 01:00:00", rnd_user_id=cls.rnd.id, promised_on="2099-12-20"
        )
        return request

    @classmethod
    def _measured(cls, sample, value=65.0):
        """Give the hardness of a round a value."""
        line = sample.measurement_ids.filtered(lambda line: line.property_id == cls.hardness)
        line.value = value
        return line

    @classmethod
    def _made(cls, request=None, value=65.0):
        """Return the open round of a request, made and measured by R&D."""
        sample = (request or cls._request()).current_round_id.with_user(cls.rnd)
        sample.action_start()
        cls._measured(sample, value)
        sample.action_made()
        return sample

    @classmethod
    def _sent(cls, request=None):
        """Return the open round of a request, with the customer."""
        sample = cls._made(request)
        sample._send(sample._get_today(), carrier="SF", tracking_ref="SF1")
        return sample.with_user(cls.salesman)

    @classmethod
    def _answered(cls, verdict="approved", request=None, **values):
        """Return a round the customer answered."""
        sample = cls._sent(request)
        if verdict == "changes" and not values:
            values = {"changes": {"style": True}, "comments": {"style": "Toe too round"}}
        if verdict == "rejected":
            values.setdefault("reason", cls.reason_rejected)
        sample._record_answer(verdict, **values)
        return sample

    @staticmethod
    def _all_ok():
        """Return what a customer says who wants nothing changed."""
        return {aspect: False for aspect, _label in ASPECTS}
