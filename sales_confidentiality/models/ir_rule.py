import re

from odoo import api, models
from odoo.fields import Command, Domain
from odoo.tools import ormcache

from odoo.addons.base.models.ir_rule import IrRule as OdooIrRule
from odoo.addons.sales_department_base.constants import SALES_ALL_GROUP, SALES_GROUP

MODULE = "sales_confidentiality"
TEAM_GROUP = "sales_team_security.group_sale_team_manager"

#: A condition that compares the salesperson of a document, or the leader of its team, with the reader.
OWN_CONDITION = re.compile(
    r"\('(?P<path>(?:\w+\.)*)user_id', (?P<operator>'='|'in'), (?P<who>user\.id|\[user\.id, False\])\)"
)


class IrRule(models.Model):
    _inherit = "ir.rule"

    # ------------------------------------------------------------------
    # Documents of the house: the team's rule follows that for one's own
    # ------------------------------------------------------------------

    @api.model
    def _sync_team_rules(self) -> None:
        """Give each model of the house that has a rule for one's own documents the same rule for those of the team.

        Rules of groups add up: who has the right to the team's documents sees these besides the own ones. A rule
        that names nobody's documents gives none, and a rule that was changed changes the team's.
        """
        rules = self.sudo()  # sudo: called by the installation of any addon
        own_group, team_group = self.env.ref(SALES_GROUP), self.env.ref(TEAM_GROUP)
        house = self.env["sales.department.closed.mixin"]._get_house_modules()
        names = self.env["ir.model.data"].sudo()  # sudo: external ids of rules only
        brought = names.search([("model", "=", "ir.rule"), ("module", "in", list(house - {MODULE}))])
        for own in rules.browse(brought.mapped("res_id")).exists():
            wanted = self._get_team_domain(own.domain_force or "")
            if own.groups != own_group or wanted == own.domain_force:
                continue
            key = f"team_rule_{own.model_id.model.replace('.', '_')}_{own.id}"
            team = self.env.ref(f"{MODULE}.{key}", raise_if_not_found=False)
            if not team:
                team = rules.create({
                    "name": f"{own.name} (team)",
                    "model_id": own.model_id.id,
                    "domain_force": wanted,
                    "groups": [Command.set(team_group.ids)],
                    **{f"perm_{mode}": own[f"perm_{mode}"] for mode in self._MODES},
                })
                # `noupdate`: no file holds these rules, an update must not take them for left over
                names.create({"module": MODULE, "name": key, "model": "ir.rule", "res_id": team.id, "noupdate": True})
            elif team.domain_force != wanted:
                team.domain_force = wanted

    @api.model
    def _get_team_domain(self, domain: str) -> str:
        """Return the domain of a rule for one's own documents with the team in the place of the reader.

        >>> self._get_team_domain("[('user_id', 'in', [user.id, False])]")
        "[('user_id', 'in', user.crm_team_ids.member_ids.ids + [user.id, False])]"
        """

        def replace(found: re.Match) -> str:
            path = found["path"]
            if path.endswith("team_id."):
                return f"'|', {found[0]}, ('{path[:-1]}', 'in', user.crm_team_ids.ids)"
            who = found["who"] if found["operator"] == "'in'" else "[user.id]"
            return f"('{path}user_id', 'in', user.crm_team_ids.member_ids.ids + {who})"

        return OWN_CONDITION.sub(replace, domain)

    # ------------------------------------------------------------------
    # Customers: OCA's rule, those of the teams that one leads, and those of one's documents
    # ------------------------------------------------------------------

    @api.model
    def _compute_domain(self, model_name: str, mode: str = "read") -> Domain:
        """Show a leader the customers of the team, and everybody those of the orders and leads one may see.

        OCA's rule knows members of a team only, and narrows down to the customers assigned to oneself whoever has no
        more than the right to the own documents: an order for another's customer could not be opened.
        """
        domain = super()._compute_domain(model_name, mode)
        if model_name != "res.partner" or self.env.su:
            return domain
        user = self.env.user
        if not user.has_group(SALES_GROUP) or user.has_group(SALES_ALL_GROUP):
            return domain
        more = Domain("user_id", "in", self._get_led_salespeople())
        if mode == "read":
            sellers = user.crm_team_ids.member_ids.ids if user.has_group(TEAM_GROUP) else []
            documents = [("user_id", "in", [*sellers, user.id])]
            sold = Domain("sale_order_ids", "any!", documents) | Domain("sales_lead_ids", "any!", documents)
            family = sold | Domain("child_ids", "any!", sold)
            more |= family | Domain("parent_id", "any!", family)
            # colleagues and our companies, which write, follow and sign documents, whoever cares for them
            more |= Domain("partner_share", "=", False) | Domain("ref_company_ids", "any!", Domain.TRUE)
        return domain | (more & OdooIrRule._compute_domain(self, model_name, mode))

    @api.model
    @ormcache("self.env.uid")
    def _get_led_salespeople(self) -> tuple[int, ...]:
        """Return the ids of the members of the teams that the user leads."""
        teams = self.env["crm.team"].sudo().search([("user_id", "=", self.env.uid)])  # sudo: of any company
        return tuple(teams.member_ids.ids)
