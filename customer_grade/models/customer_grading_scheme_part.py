from odoo import api, models


class CustomerGradingSchemePart(models.AbstractModel):
    """Criteria, bands, thresholds and vetoes: rules that belong to one scheme version.

    Grades once given must stay explainable, so the rules of a version change only
    while it is a draft.
    """

    _name = "customer.grading.scheme.part"
    _description = "Part of a Grading Scheme"

    def _get_scheme(self):
        """Return the schemes these rules belong to."""
        return self.scheme_id

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._get_scheme()._check_is_draft()
        return parts

    def write(self, vals):
        self._get_scheme()._check_is_draft()
        result = super().write(vals)
        # The values may have moved the rules to another scheme.
        self._get_scheme()._check_is_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self._get_scheme()._check_is_draft()
