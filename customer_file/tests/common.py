"""Requirements and files for the tests of completeness."""

from datetime import date

from odoo.addons.customer_grade.tests.common import GradeCase

TODAY = date(2026, 7, 1)


class FileCase(GradeCase):
    """A company without requirements of others: those of the database are archived."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.file.requirement"].search([]).active = False
        cls.gaps = cls.env["customer.file.gap"]
        cls.register = cls.env["customer.register.entry"]

    @classmethod
    def _field(cls, name):
        return cls.env["ir.model.fields"]._get("res.partner", name)

    @classmethod
    def _require(cls, name, **values):
        return cls.env["customer.file.requirement"].create({"field_id": cls._field(name).id, **values})

    @classmethod
    def _graded(cls, *names, grade="a", **values):
        """Create partners of a grade, who have no file in the register: prospects."""
        return cls._customers(*names, customer_grade_id=cls.grade[grade].id, **values)

    @classmethod
    def _reason(cls, name):
        return cls.env.ref(f"customer_file.customer_register_reason_{name}")

    @classmethod
    def _confirmed(cls, partner, name, day, **values):
        return cls.env["customer.file.confirmation"].create({
            "partner_id": partner.id,
            "field_id": cls._field(name).id,
            "field_name": name,
            "date": day,
            "user_id": cls.env.uid,
            **values,
        })

    @staticmethod
    def _lacks(partner):
        """Return what a file lacks in the current company: ``{field: type}``."""
        gaps = partner.customer_file_gap_ids.filtered(lambda gap: gap.company_id == partner.env.company)
        return {gap.field_name: gap.type for gap in gaps}

    def _entries(self, partner):
        """Return ``(event, date, origin)`` of the register, oldest first."""
        entries = self.register.search([("partner_id", "=", partner.id)], order="id")
        return [(entry.event, entry.date, entry.origin) for entry in entries]

    def _change(self, partners, operation, reason, user=None, **values):
        """Open or close files as the dialog does."""
        wizard = (
            self
            .env["customer.register.change"]
            .with_user(user or self.env.user)
            .create({
                "operation": operation,
                "partner_ids": partners.ids,
                "reason_id": self._reason(reason).id,
                **values,
            })
        )
        return wizard.action_apply()
