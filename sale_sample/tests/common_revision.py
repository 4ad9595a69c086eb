"""An accepted request whose customer wants something else than was accepted."""

from odoo.fields import Command

from .common_rounds import RoundCase


class RevisionCase(RoundCase):
    """Hardness 65 −3 / +2 was accepted; the customer wants 60 ± 3 and, in size 42, 4 pairs instead of 3."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sample_rnd_user_id = cls.rnd

    @classmethod
    def _draft(cls, request, target=60.0, pairs=None, user=None, **values):
        """Return a draft of the next revision of a request, as the salesman fills it in."""
        revision = cls.env["sale.sample.revision"].with_user(user or cls.salesman)
        revision = revision.create({"request_id": request.id, "reason": "Too stiff in the wear test", **values})
        if target:
            hardness = revision.property_line_ids.filtered(lambda line: line.property_id == cls.hardness)
            hardness.write({"target": target, "tolerance_minus": 3, "tolerance_plus": 3})
        if pairs:
            revision.write({"size_line_ids": [Command.update(revision.size_line_ids.id, {"pairs": pairs})]})
        return revision

    @classmethod
    def _proposed(cls, request, **values):
        """Return a revision that waits for R&D."""
        revision = cls._draft(request, **values)
        revision.action_propose()
        return revision

    @classmethod
    def _confirmed(cls, request, promised_on=None, moves_round=None, **values):
        """Return a revision that R&D has confirmed."""
        revision = cls._proposed(request, **values).with_user(cls.rnd)
        if promised_on:
            revision.promised_on = promised_on
        if moves_round is not None:
            revision.moves_round = moves_round
        revision.action_confirm()
        return revision

    @classmethod
    def _asked_hardness(cls, record):
        """Return what a request, a revision or a round asks of the hardness."""
        name = "asked_property_ids" if record._name == "sale.sample.round" else "property_line_ids"
        return record[name].filtered(lambda line: line.property_id == cls.hardness).requirement

    def _tasks(self, request, kind=None):
        """Return who has which open task on a request."""
        activities = self.env["mail.activity"].search([("res_model", "=", request._name), ("res_id", "=", request.id)])
        if kind:
            activities = activities.filtered(lambda task: task.activity_type_id == self.env.ref(kind))
        return [(task.user_id, task.summary) for task in activities]
