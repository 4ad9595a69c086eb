from odoo import api, models
from odoo.tools import SQL

from odoo.addons.customer_grade.tools.assessment import lead_key


class CrmProspectProfile(models.Model):
    """Which traits leads and partners meet: one query, whatever their number.

    Each trait becomes an SQL expression that is true (met), false (not met) or null (not
    known) for a row of ``prospect``. A lead speaks for itself first; what it does not say
    is taken from the commercial partner it is linked to.
    """

    _inherit = "crm.prospect.profile"

    def _get_trait_rows(self, leads=None, partners=None, traits=None) -> dict[int, list[bool | None]]:
        """Return which traits given leads or partners meet.

        :param traits: those of the profile, where they are read already
        :return: ``{key: [met, not met or None when not known]}`` in the order of the traits;
            a key is the id of a partner, or that of a lead as ``lead_key`` gives it
        """
        self.ensure_one()
        traits = self.trait_ids if traits is None else traits
        if not traits:
            return {}
        queries = []
        if leads:
            queries.append(self._query_leads(SQL("l.id = ANY(%s)", leads.ids)))
        if partners:
            queries.append(self._query_partners(SQL("p.id = ANY(%s)", partners.ids)))
        if not queries:
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
            "SELECT partner_id, 100.0 * (%s) / %s AS fit FROM (%s UNION ALL %s) prospect",
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
    # The fit on forms
    # ------------------------------------------------------------------

    @api.model
    def _get_fits(self, records, companies) -> dict[int, dict]:
        """Return what the forms of leads or partners show of the profile in force.

        :param records: leads or partners that are saved
        :param companies: the company whose profile judges each of them, in the same order
        :return: by record id: ``fit`` (per cent), ``profile`` and ``traits``, a list of the
            traits with ``met`` (True, False or None)
        """
        result = {}
        is_lead = records._name == "crm.lead"
        by_company = dict.fromkeys(companies)
        for company in by_company:
            mine = records.browse(record.id for record, own in zip(records, companies, strict=True) if own == company)
            judged_by = self._get_active_traits(company)
            profile = judged_by.profile_id
            subjects = {"leads" if is_lead else "partners": mine}
            rows = profile._get_trait_rows(**subjects, traits=judged_by) if profile else {}
            total = sum(judged_by.mapped("weight")) or 1.0
            for record in mine:
                met = rows.get(lead_key(record.id) if is_lead else record.id, [])
                traits = [
                    {"name": trait.name, "summary": trait.summary, "met": known, "share": 100.0 * trait.weight / total}
                    for trait, known in zip(judged_by, met, strict=bool(met))
                ]
                result[record.id] = {
                    "profile": profile,
                    "traits": traits,
                    "fit": sum(trait["share"] for trait in traits if trait["met"]),
                }
        return result
