from datetime import timedelta
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_datetime

from odoo.addons.sales_department_base.tools.periods import months_before

from ..tools import learning

COUNTS = tuple(learning.TraitCounts.__dataclass_fields__)


class CrmProspectProfile(models.Model):
    """What closed leads say about the traits. It is shown and proposed, never applied by itself."""

    _inherit = "crm.prospect.profile"

    learning_months = fields.Integer(
        "Closed in the Last (months)", default=24, help="Leads closed in this time are compared. 0: all of them."
    )
    learned_on = fields.Datetime(readonly=True, copy=False)
    learned_won = fields.Integer("Won", readonly=True, copy=False)
    learned_lost = fields.Integer("Lost", readonly=True, copy=False)
    has_proposed_weights = fields.Boolean(readonly=True, copy=False)
    facts_html = fields.Html("Learned", compute="_compute_facts_html", sanitize=False)

    _learning_months_not_negative = models.Constraint(
        "CHECK(learning_months >= 0)", "The months to learn from cannot be negative."
    )

    @api.depends_context("lang")
    @api.depends("learned_on", "trait_ids.proposed_weight", "trait_ids.weight")
    def _compute_facts_html(self):
        for profile in self:
            profile.facts_html = self._render_facts(profile._get_facts())

    def _has_field_access(self, field, operation):
        learned = field.name in ("learned_on", "learned_won", "learned_lost", "has_proposed_weights")
        if operation == "write" and not self.env.su and learned:
            return False
        return super()._has_field_access(field, operation)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_learn(self) -> bool:
        """Compare the leads won and lost by each trait, and keep the counts on the traits.

        :raise AccessError: the user is neither sales manager nor policy administrator
        """
        self._check_may_learn()
        for profile in self:
            if not profile.trait_ids:
                raise UserError(self.env._("Profile “%s” has no traits: add at least one.", profile.display_name))
            profile.sudo()._learn()  # sudo: won and lost leads of the whole company; the right was checked
        return True

    def action_propose_weights(self) -> bool:
        """Write a proposed weight on each trait. The weights themselves stay as they are.

        :raise UserError: no closed leads to learn from
        """
        self._check_may_learn()
        for profile in self:
            if not profile.learned_on:
                profile.action_learn()
            if not profile.learned_won + profile.learned_lost:
                raise UserError(profile._no_closed_leads())
            owned = profile.sudo()  # sudo: proposals are closed to clients; the right was checked
            owned._store_traits(
                ("proposed_weight",),
                [
                    (trait.id, proposal)
                    for trait, proposal in zip(owned.trait_ids, owned._get_proposed_weights(), strict=True)
                ],
            )
            owned.has_proposed_weights = True
        return True

    def action_adopt_weights(self) -> dict:
        """Make a draft version with the proposed weights; it counts once somebody activates it.

        :raise UserError: nothing is proposed
        """
        self.ensure_one()
        if not self.has_proposed_weights:
            raise UserError(self.env._("No weights are proposed for %s yet: use “Propose Weights”.", self.display_name))
        version = self._new_version()
        for trait, source in zip(version.trait_ids, self.trait_ids, strict=True):
            trait.weight = source.proposed_weight
        return version._get_records_action(name=version.display_name)

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _check_may_learn(self) -> None:
        self.check_access("read")
        if not self.env.su and not self.env.user.has_groups(
            "sales_team.group_sale_manager,sales_department_base.group_policy_admin"
        ):
            raise AccessError(
                self.env._("Only sales managers and policy administrators may learn from the leads won and lost.")
            )

    def _learn(self) -> None:
        """Count closed leads by trait, in one query, and store the counts. Old proposals are dropped."""
        self.ensure_one()
        self.env.flush_all()
        columns = []
        for trait in self.trait_ids:
            condition = trait._get_condition()
            for test in ("IS TRUE", "IS FALSE", "IS NULL"):
                for status in ("won", "lost"):
                    columns.append(
                        SQL("COUNT(*) FILTER (WHERE won_status = %s AND (%s) %s)", status, condition, SQL(test))
                    )
        [[won, lost, *counts]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FILTER (WHERE won_status = 'won'), COUNT(*) FILTER (WHERE won_status = 'lost'), %s
                     FROM (%s) prospect""",
                SQL(", ").join(columns),
                self._query_leads(self._get_closed_condition()),
            )
        )
        width = len(COUNTS)
        self._store_traits(
            (*COUNTS, "proposed_weight"),
            [(trait.id, *counts[place * width : (place + 1) * width], 0) for place, trait in enumerate(self.trait_ids)],
        )
        self.write({
            "learned_on": fields.Datetime.now(),
            "learned_won": won,
            "learned_lost": lost,
            "has_proposed_weights": False,
        })

    def _get_closed_condition(self) -> SQL:
        """SQL over the lead ``l``: won or lost, in this company, within the time to learn from."""
        condition = SQL(
            "l.won_status IN ('won', 'lost') AND (l.company_id IS NULL OR l.company_id = %s)", self.company_id.id
        )
        if not self.learning_months:
            return condition
        stop = self.company_id._sales_today() + timedelta(days=1)
        start, _stop = self.company_id._sales_utc_bounds(months_before(stop, self.learning_months), stop)
        return SQL("%s AND l.date_closed >= %s", condition, start)

    def _store_traits(self, names: tuple[str, ...], rows: list[tuple]) -> None:
        """Write what was learned on the traits of this profile, whatever its state.

        The rules of a version in force are closed to the ORM's ``write``; these columns are
        no rules.

        :param names: columns
        :param rows: ``(trait id, value, …)``
        """
        for trait_id, *values in rows:
            assignments = SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), value) for name, value in zip(names, values, strict=True)
            )
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_prospect_trait SET %s WHERE id = %s AND profile_id = %s", assignments, trait_id, self.id
                )
            )
        self.trait_ids.invalidate_recordset(names)

    def _get_proposed_weights(self) -> list[float]:
        return learning.propose_weights([(trait.weight, trait._get_counts()) for trait in self.trait_ids])

    def _no_closed_leads(self) -> str:
        if self.learning_months:
            return self.env._(
                "No lead or opportunity of %(company)s was won or lost in the last %(months)s months: there is nothing "
                "to learn from yet. Mark leads as won or lost, or look further back.",
                company=self.company_id.name,
                months=self.learning_months,
            )
        return self.env._(
            "No lead or opportunity of %s was won or lost: there is nothing to learn from yet. Mark leads as won or lost.",
            self.company_id.name,
        )

    # ------------------------------------------------------------------
    # Facts in words
    # ------------------------------------------------------------------

    def _get_facts(self) -> dict[str, Any]:
        """Return what was learned as JSON, to be shown now or kept with a decision."""
        self.ensure_one()
        return {
            "learned_on": fields.Datetime.to_string(self.learned_on) if self.learned_on else None,
            "message": self._no_closed_leads()
            if self.learned_on and not self.learned_won + self.learned_lost
            else None,
            "won": self.learned_won,
            "lost": self.learned_lost,
            "has_proposed_weights": self.has_proposed_weights,
            "traits": [
                {
                    "name": trait.name,
                    "summary": trait.summary,
                    "weight": trait.weight,
                    "proposed_weight": trait.proposed_weight,
                    **{name: trait[name] for name in COUNTS},
                }
                for trait in self.trait_ids
            ],
        }

    @api.model
    def _render_facts(self, facts: dict[str, Any]) -> str:
        """Show facts as a table: win rates with and without each trait, with their intervals."""
        learned_on = fields.Datetime.to_datetime(facts.get("learned_on"))
        rows = []
        for trait in facts.get("traits", ()):
            counts = learning.TraitCounts(**{name: trait[name] for name in COUNTS})
            sides = [self._get_rate_words(rate) for rate in (counts.with_trait, counts.without_trait)]
            rows.append({**trait, "counts": counts, "sides": sides})
        overall = learning.win_rate(facts.get("won", 0), facts.get("lost", 0))
        return self.env["ir.qweb"]._render(
            "crm_prospect_profile.prospect_facts",
            {
                "facts": facts,
                "rows": rows,
                "overall": learned_on
                and self.env._(
                    "%(moment)s: %(counts)s closed, win rate %(rate)s, 95 %% interval %(interval)s.",
                    moment=format_datetime(self.env, learned_on, dt_format="short"),
                    **self._get_rate_words(overall),
                ),
                "legend": self.env._(
                    "Lift: win rate with the trait over that without it. Proposed weights share out the present weights "
                    "in proportion to the logarithm of the odds ratio; a trait needs %s closed leads with it and as many "
                    "without it, otherwise it keeps its weight.",
                    learning.ENOUGH,
                ),
            },
        )

    @api.model
    def _get_rate_words(self, rate: learning.Rate) -> dict[str, str]:
        """Return a win rate as a person reads it: ``rate``, ``interval`` and ``counts``."""
        return {
            "rate": "–" if rate.value is None else f"{100 * rate.value:.0f}%",
            "interval": "" if rate.value is None else f"{100 * rate.low:.0f}–{100 * rate.high:.0f}%",
            "counts": self.env._("%(won)s won of %(closed)s", won=rate.won, closed=rate.closed),
        }
