from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date, format_datetime

from odoo.addons.customer_grade.tools.assessment import lead_key
from odoo.addons.sales_department_base.constants import POLICY_GROUP, SALES_MANAGER_GROUP
from odoo.addons.sales_department_base.records import refuse
from odoo.addons.sales_department_base.tools.actions import dialog
from odoo.addons.sales_department_base.tools.periods import months_before

from ..tools.fit import TraitFit
from ..tools.learning import COUNTS, ENOUGH, Rate, TraitCounts, propose_weights, win_rate

DISCUSSED_EVERY = relativedelta(months=6)


class CrmProspectProfile(models.Model):
    """What a good prospect looks like, and where such prospects are found.

    Each trait is an SQL expression that is true (met), false (not met) or null (not known)
    for a row of ``prospect``. A lead speaks for itself first; what it does not say is taken
    from the commercial partner it is linked to. Whatever the number of prospects, one query
    compares them with all traits.

    What closed leads say about the traits is shown and proposed, never applied by itself.
    """

    _name = "crm.prospect.profile"
    _description = "Prospect Profile"
    _inherit = ["customer.grade.version.mixin"]
    _order = "company_id, state, version desc, id desc"
    _check_company_auto = True
    _rule_fields = frozenset({"trait_ids"})

    #: Declared here again: the names of its values are translated by the addon that declares them.
    state = fields.Selection([("draft", "Draft"), ("active", "In Force"), ("retired", "Retired")])
    previous_version_id = fields.Many2one("crm.prospect.profile", readonly=True, copy=False, index="btree_not_null")
    company_id = fields.Many2one(index=True)
    user_id = fields.Many2one(help="Is reminded to discuss the profile every half year.")
    where_to_find = fields.Html("Where to Find Them")
    trait_ids = fields.One2many("crm.prospect.trait", "profile_id", copy=True)
    discuss_on = fields.Date(
        "Discuss on",
        copy=False,
        tracking=True,
        help="The owner is reminded on this day. A recorded discussion sets it half a year later.",
    )
    decision_ids = fields.One2many("crm.prospect.profile.decision", "profile_id")
    discussion_ids = fields.Many2many(
        "crm.prospect.profile.decision",
        string="Discussions",
        compute="_compute_discussion_ids",
        recursive=True,
        help="Of this version and of those before it",
    )
    learning_months = fields.Integer(
        "Closed in the Last (months)", default=24, help="Leads closed in this time are compared. 0: all of them."
    )
    learned_on = fields.Datetime(readonly=True, copy=False)
    learned_won = fields.Integer("Won", readonly=True, copy=False)
    learned_lost = fields.Integer("Lost", readonly=True, copy=False)
    has_proposed_weights = fields.Boolean(readonly=True, copy=False)
    facts_html = fields.Html("Learned", compute="_compute_facts_html", sanitize=False)

    _active_once = models.UniqueIndex(
        "(company_id) WHERE state = 'active'",
        "A company has one prospect profile in force: retire the other one first.",
    )
    _learning_months_not_negative = models.Constraint(
        "CHECK(learning_months >= 0 AND learning_months <= 1200)", "The months to learn from lie between 0 and 1,200."
    )

    @api.depends("decision_ids", "previous_version_id.discussion_ids")
    def _compute_discussion_ids(self):
        for profile in self:
            profile.discussion_ids = profile.decision_ids | profile.previous_version_id.discussion_ids

    @api.depends_context("lang")
    @api.depends("learned_on", "trait_ids.proposed_weight", "trait_ids.weight")
    def _compute_facts_html(self):
        for profile in self:
            profile.facts_html = self._render_facts(profile._get_facts())

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        refuse(
            self.filtered(lambda profile: profile.state != "draft" or profile.decision_ids),
            self.env._("Grades or decisions rest on %(names)s: it cannot be deleted. Retire it instead."),
        )

    def _check_ready(self) -> None:
        for profile in self:
            problem = profile._readiness_problem()
            if problem:
                raise UserError(problem)
        return super()._check_ready()

    def _readiness_problem(self) -> str | None:
        """Say in words what keeps the profile from judging prospects, or return None."""
        self.ensure_one()
        if not self.trait_ids:
            return self._no_traits()
        if sum(self.trait_ids.mapped("weight")) <= 0:
            return self.env._(
                "The weights of profile “%s” sum to zero: give at least one trait a weight.", self.display_name
            )
        empty = self.trait_ids.filtered(lambda trait: not trait._is_complete())
        if empty:
            return self.env._(
                "Trait “%(trait)s” of profile “%(profile)s” does not say which values meet it: add them, or remove the "
                "trait.",
                trait=empty[0].name,
                profile=self.display_name,
            )
        return None

    def _no_traits(self) -> str:
        return self.env._("Profile “%s” has no traits: add at least one.", self.display_name)

    def _check_may_learn(self) -> None:
        self.check_access("read")
        if not self.env.su and not self.env.user.has_groups(f"{SALES_MANAGER_GROUP},{POLICY_GROUP}"):
            raise AccessError(
                self.env._("Only sales managers and policy administrators may learn from the leads won and lost.")
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_activate(self) -> bool:
        """Put drafts in force; the first discussion is due half a year later."""
        super().action_activate()
        for profile in self.filtered(lambda profile: not profile.discuss_on):
            profile.discuss_on = profile.company_id._sales_today() + DISCUSSED_EVERY
        return True

    def action_record_decision(self) -> dict:
        """Open the record of a discussion, to be filled in."""
        self.ensure_one()
        title = self.env._("Record a Discussion")
        return dialog(title, "crm.prospect.profile.decision", profile_id=self.id)

    def action_learn(self) -> bool:
        """Compare the leads won and lost by each trait, and keep the counts on the traits.

        :raise AccessError: the user is neither sales manager nor policy administrator
        """
        self._check_may_learn()
        for profile in self:
            if not profile.trait_ids:
                raise UserError(profile._no_traits())
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
            proposals = propose_weights([(trait.weight, trait._get_counts()) for trait in owned.trait_ids])
            for trait, proposal in zip(owned.trait_ids, proposals, strict=True):
                trait._store_learned({"proposed_weight": proposal})
            owned.has_proposed_weights = True
        return True

    def action_adopt_weights(self) -> dict:
        """Make a draft version with the proposed weights; it counts once somebody activates it.

        :raise UserError: nothing is proposed
        """
        self.ensure_one()
        self.check_access("write")
        if not self.has_proposed_weights:
            raise UserError(self.env._("No weights are proposed for %s yet: use “Propose Weights”.", self.display_name))
        self._lock()
        weights = self.trait_ids.mapped("proposed_weight")
        version = self._get_untouched_draft()  # of two clicks, one makes it
        if version.trait_ids.mapped("weight") != weights:
            version = self._new_version()
            for trait, weight in zip(version.trait_ids, weights, strict=True):
                trait.weight = weight
        return version._get_records_action(name=version.display_name)

    # ------------------------------------------------------------------
    # Discussions
    # ------------------------------------------------------------------

    def _get_discussion_summary(self) -> str:
        return self.env._("Discuss the prospect profile")

    @api.model
    def _cron_remind(self) -> None:
        """Remind the owners of profiles whose half-yearly discussion is due."""
        for profile in self.search([("state", "=", "active"), ("discuss_on", "!=", False)]):
            if profile.discuss_on <= profile.company_id._sales_today():
                profile._tell_owner(
                    profile._get_discussion_summary(),
                    self.env._(
                        "Half a year is over: do these traits still describe a good prospect? Compare with the leads "
                        "won and lost, then record the discussion and what was decided."
                    ),
                )

    def _close_discussion(self, day: date) -> None:
        """Mark the reminder done: the profile was discussed on a day, and will be again half a year later."""
        self.ensure_one()
        if not self.discuss_on or self.discuss_on < day + DISCUSSED_EVERY:
            self.discuss_on = day + DISCUSSED_EVERY
        summary = self._get_discussion_summary()
        self.activity_ids.filtered(lambda activity: activity.summary == summary).action_feedback(
            feedback=self.env._("Discussed on %s", format_date(self.env, day))
        )

    # ------------------------------------------------------------------
    # Who meets which traits
    # ------------------------------------------------------------------

    @api.model
    def _get_active_traits(self, company):
        """Return the traits of the profile in force for a company, in their order, by one query."""
        traits = self.env["crm.prospect.trait"].sudo()  # sudo: the fit is shown to users who may not read profiles
        return traits.search_fetch(
            [("profile_id.company_id", "=", company.id), ("profile_id.state", "=", "active")],
            ["profile_id", "name", "kind", "weight", "minimum", "maximum", "question_id", "expected_answer"],
        )

    @api.model
    def _get_fits(self, records) -> dict[int, list[TraitFit]]:
        """Return the traits of the profile in force for each of these leads or partners, by record id.

        A record that belongs to no company is judged by the profile of the current one.
        """
        result = {}
        is_lead = records._name == "crm.lead"
        for company, mine in records.grouped(lambda record: record.company_id or self.env.company).items():
            traits = self._get_active_traits(company)
            rows = traits.profile_id._get_trait_rows(**{"leads" if is_lead else "partners": mine}, traits=traits)
            total = sum(traits.mapped("weight")) or 1.0
            for record in mine:
                met = rows.get(lead_key(record.id) if is_lead else record.id, [])
                result[record.id] = [
                    TraitFit(trait.name, trait.summary, known, 100.0 * trait.weight / total)
                    for trait, known in zip(traits, met, strict=bool(met))
                ]
        return result

    def _get_trait_rows(self, leads=None, partners=None, traits=None) -> dict[int, list[bool | None]]:
        """Return which traits given leads or partners meet.

        :param traits: those of the profile, where they are read already
        :return: ``{key: [met, not met or None when not known]}`` in the order of the traits;
            a key is the id of a partner, or that of a lead as ``lead_key`` gives it
        """
        traits = self.trait_ids if traits is None else traits
        queries = []
        if leads:
            queries.append(self._query_leads(SQL("l.id = ANY(%s)", leads.ids)))
        if partners:
            queries.append(self._query_partners(SQL("p.id = ANY(%s)", partners.ids)))
        if not traits or not queries:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, %s FROM (%s) prospect",
                SQL(", ").join(trait._get_condition() for trait in traits),
                SQL(" UNION ALL ").join(queries),
            )
        )
        return {key: met for key, *met in rows}

    def _query_fit(self) -> SQL:
        """Return a query for the fit (0 to 100) of each open lead and each partner.

        Fit = weight of the traits met / weight of all traits. A trait nobody knows about
        counts as not met: complete data pays.
        """
        self.ensure_one()
        met = SQL(" + ").join(
            SQL("CASE WHEN %s THEN %s ELSE 0 END", trait._get_condition(), trait.weight) for trait in self.trait_ids
        )
        return SQL(
            "SELECT partner_id, 100.0 * (%s) / %s AS profile_fit FROM (%s UNION ALL %s) prospect",
            met,
            sum(self.trait_ids.mapped("weight")),
            self._query_leads(SQL("l.active IS TRUE AND l.won_status = 'pending'")),
            self._query_partners(SQL("p.active IS TRUE AND p.commercial_partner_id = p.id")),
        )

    def _query_leads(self, condition: SQL) -> SQL:
        """Return the prospect data of leads.

        :param condition: SQL over the lead ``l``
        """
        return SQL(
            """
            SELECT -l.id AS partner_id, l.won_status,
                   COALESCE(l.prospect_industry_id, c.industry_id) AS industry_id,
                   COALESCE(NULLIF(l.prospect_employees, 0), NULLIF(c.prospect_employees, 0)) AS employees,
                   COALESCE(NULLIF(l.prospect_volume, 0), NULLIF(c.prospect_volume, 0)) AS volume,
                   COALESCE(l.country_id, c.country_id) AS country_id,
                   CASE WHEN l.country_id IS NULL AND l.state_id IS NULL THEN c.state_id ELSE l.state_id END AS state_id,
                   CASE WHEN l.source_id IS NOT NULL THEN ARRAY[l.source_id] END AS source_ids,
                   COALESCE(lf.ids, cf.ids) AS family_ids,
                   COALESCE(ca.answers, '{}') || COALESCE(la.answers, '{}') AS answers
              FROM crm_lead l
         LEFT JOIN res_partner d ON d.id = l.partner_id
         LEFT JOIN res_partner c ON c.id = d.commercial_partner_id
         LEFT JOIN (%(lead_families)s) lf ON lf.id = l.id
         LEFT JOIN (%(partner_families)s) cf ON cf.id = c.id
         LEFT JOIN (%(lead_answers)s) la ON la.id = l.id
         LEFT JOIN (%(partner_answers)s) ca ON ca.id = c.id
             WHERE %(condition)s
            """,
            lead_families=self._query_families("crm.lead"),
            partner_families=self._query_families("res.partner"),
            lead_answers=self._query_answers("lead_id"),
            partner_answers=self._query_answers("partner_id"),
            condition=condition,
        )

    def _query_partners(self, condition: SQL) -> SQL:
        """Return the prospect data of partners; their sources are those of their leads.

        :param condition: SQL over the partner ``p``
        """
        return SQL(
            """
            SELECT p.id AS partner_id, NULL::varchar AS won_status, p.industry_id,
                   NULLIF(p.prospect_employees, 0) AS employees, NULLIF(p.prospect_volume, 0) AS volume,
                   p.country_id, p.state_id, s.ids AS source_ids, f.ids AS family_ids,
                   COALESCE(a.answers, '{}') AS answers
              FROM res_partner p
         LEFT JOIN (SELECT d.commercial_partner_id AS id, array_agg(DISTINCT l.source_id) AS ids
                      FROM crm_lead l JOIN res_partner d ON d.id = l.partner_id
                     WHERE l.source_id IS NOT NULL
                  GROUP BY d.commercial_partner_id) s ON s.id = p.id
         LEFT JOIN (%s) f ON f.id = p.id
         LEFT JOIN (%s) a ON a.id = p.id
             WHERE %s
            """,
            self._query_families("res.partner"),
            self._query_answers("partner_id"),
            condition,
        )

    @api.model
    def _query_families(self, model: str) -> SQL:
        field = self.env[model]._fields["prospect_family_ids"]
        return SQL(
            "SELECT %(record)s AS id, array_agg(%(family)s) AS ids FROM %(table)s GROUP BY %(record)s",
            record=SQL.identifier(field.column1),
            family=SQL.identifier(field.column2),
            table=SQL.identifier(field.relation),
        )

    @api.model
    def _query_answers(self, column: str) -> SQL:
        return SQL(
            """SELECT %(column)s AS id, jsonb_object_agg(question_id, answer) AS answers
                 FROM crm_prospect_answer WHERE %(column)s IS NOT NULL GROUP BY %(column)s""",
            column=SQL.identifier(column),
        )

    # ------------------------------------------------------------------
    # Learning from closed leads
    # ------------------------------------------------------------------

    def _learn(self) -> None:
        """Count closed leads by trait, in one query, and store the counts. Old proposals are dropped."""
        self.ensure_one()
        self.env.flush_all()
        columns = [
            SQL("COUNT(*) FILTER (WHERE won_status = %s AND (%s) %s)", status, trait._get_condition(), test)
            for trait in self.trait_ids
            for test in (SQL("IS TRUE"), SQL("IS FALSE"), SQL("IS NULL"))  # in the order of COUNTS
            for status in ("won", "lost")
        ]
        [[won, lost, *counts]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FILTER (WHERE won_status = 'won'), COUNT(*) FILTER (WHERE won_status = 'lost'), %s
                     FROM (%s) prospect""",
                SQL(", ").join(columns),
                self._query_leads(self._get_closed_condition()),
            )
        )
        counts = iter(counts)
        for trait in self.trait_ids:
            trait._store_learned({**{name: next(counts) for name in COUNTS}, "proposed_weight": 0})
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
    # What was learned, in words
    # ------------------------------------------------------------------

    def _get_facts(self) -> dict[str, Any]:
        """Return what was learned as JSON, to be shown now or kept with a decision."""
        self.ensure_one()
        has_learned, closed = bool(self.learned_on), self.learned_won + self.learned_lost
        return {
            "learned_on": fields.Datetime.to_string(self.learned_on) if has_learned else None,
            "message": self._no_closed_leads() if has_learned and not closed else None,
            "won": self.learned_won,
            "lost": self.learned_lost,
            "has_proposed_weights": self.has_proposed_weights,
            "traits": [
                {name: trait[name] for name in ("name", "summary", "weight", "proposed_weight", *COUNTS)}
                for trait in self.trait_ids
            ],
        }

    @api.model
    def _render_facts(self, facts: dict[str, Any]) -> str:
        """Show facts as a table: win rates with and without each trait, with their intervals."""
        learned_on = fields.Datetime.to_datetime(facts.get("learned_on"))
        rows = []
        for trait in facts.get("traits", ()):
            counts = TraitCounts(**{name: trait[name] for name in COUNTS})
            sides = [self._get_rate_words(rate) for rate in (counts.with_trait, counts.without_trait)]
            rows.append({**trait, "counts": counts, "sides": sides})
        overall = learned_on and self.env._(
            "%(moment)s: %(counts)s closed, win rate %(rate)s, 95 %% interval %(interval)s.",
            moment=format_datetime(self.env, learned_on, dt_format="short"),
            **self._get_rate_words(win_rate(facts["won"], facts["lost"])),
        )
        legend = self.env._(
            "Lift: win rate with the trait over that without it. Proposed weights share out the present weights "
            "in proportion to the logarithm of the odds ratio; a trait needs %s closed leads with it and as many "
            "without it, otherwise it keeps its weight.",
            ENOUGH,
        )
        return self.env["ir.qweb"]._render(
            "crm_prospect_profile.prospect_facts", {"facts": facts, "rows": rows, "overall": overall, "legend": legend}
        )

    @api.model
    def _get_rate_words(self, rate: Rate) -> dict[str, str]:
        """Return a win rate as a person reads it: ``rate``, ``interval`` and ``counts``."""
        return {
            "rate": "–" if rate.value is None else f"{100 * rate.value:.0f}%",
            "interval": "" if rate.value is None else f"{100 * rate.low:.0f}–{100 * rate.high:.0f}%",
            "counts": self.env._("%(won)s won of %(closed)s", won=rate.won, closed=rate.closed),
        }
