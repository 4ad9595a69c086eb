from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date


class CustomerGradeSimulation(models.TransientModel):
    """Saving the numbers of a simulation, when asked: as a draft, never in the scheme in force."""

    _inherit = "customer.grade.simulation"

    def _save_version(self):
        """Return a new draft version with the changed numbers.

        :raise AccessError, UserError: see :meth:`action_save_version`
        """
        if self.mode == "scheme" or not self._is_changed():
            raise UserError(
                self.env._(
                    "There is nothing to save: the simulation uses the rules of %s as they are. Change a number first.",
                    self.base_scheme_id.display_name,
                )
            )
        self._check_changed_rules(self._get_changed_scheme())
        version = self.base_scheme_id._new_version()
        copied = {criterion.metric: criterion for criterion in version.criterion_ids}
        version.write({
            **self._get_changed_numbers(),
            "criterion_ids": [
                Command.update(
                    copied[line.criterion_id.metric].id,
                    {"weight": line.weight, **self._get_steps(line.criterion_id)._get_commands(anew=True)},
                )
                for line in self.criterion_ids
            ],
            # Made anew: changed one after the other, two grades could begin at one score.
            "threshold_ids": [
                Command.clear(),
                *(
                    Command.create({"grade_id": line.grade_id.id, "minimum": line.minimum})
                    for line in self.threshold_ids
                ),
            ],
        })
        version.message_post(
            body=self.env._(
                "Saved from a simulation as of %(day)s: %(moved)s of %(customers)s customers would move.",
                day=format_date(self.env, self.date),
                moved=self.moved_count,
                customers=self.customer_count,
            )
            if self.totals
            else self.env._("Saved from a simulation.")
        )
        return version
