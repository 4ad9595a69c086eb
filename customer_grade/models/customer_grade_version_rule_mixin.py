from odoo import api, models


class CustomerGradeVersionRuleMixin(models.AbstractModel):
    """Criteria, bands, thresholds and vetoes: rules that belong to one version of a policy.

    Grades once given must stay explainable, so the rules of a version change only
    while it is a draft.
    """

    _name = "customer.grade.version.rule.mixin"
    _description = "Rule of a Policy Version"
    _inherit = ["sales.department.closed.mixin"]

    def _get_version(self):
        """Return the versions these rules belong to."""
        return self.scheme_id

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._get_version()._check_is_draft()
        return rules

    def write(self, vals):
        self._get_version()._check_is_draft()
        result = super().write(vals)
        self._get_version()._check_is_draft()  # the values may have moved the rules to another version
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self._get_version()._check_is_draft()
