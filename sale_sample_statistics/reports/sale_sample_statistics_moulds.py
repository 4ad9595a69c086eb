from odoo import models
from odoo.tools import SQL


class SaleSampleStatistics(models.Model):
    """What moulds of requests cost: once when the mould is opened, and with each size that is opened."""

    _inherit = "sale.sample.statistics"
    _depends = {
        "sale.sample.mould": ["opened_on", "request_id", "state"],
        "sale.sample.mould.part": ["cost", "mould_id", "per_size"],
        "sale.sample.mould.size": ["mould_id", "opened_on", "state"],
    }

    def _get_shared(self):
        # as `staged_costs` has it: a mould that lists no sizes counts as one size
        parts = SQL(
            """
            SELECT mould.id, mould.request_id, mould.opened_on,
                   SUM(part.cost) FILTER (WHERE part.per_size IS NOT TRUE OR NOT EXISTS (
                       SELECT 1 FROM sale_sample_mould_size size WHERE size.mould_id = mould.id)) AS once,
                   SUM(part.cost) FILTER (WHERE part.per_size) AS each
              FROM sale_sample_mould mould
              JOIN sale_sample_mould_part part ON part.mould_id = mould.id
             WHERE mould.request_id IS NOT NULL
               AND mould.state NOT IN ('quoted', 'cancelled')
               AND mould.company_id IN (SELECT company_id FROM reader)
             GROUP BY mould.id
            """
        )
        sizes = SQL(
            """
            SELECT size.id, mould.request_id, size.opened_on, mould.each AS amount
              FROM opened_mould mould
              JOIN sale_sample_mould_size size ON size.mould_id = mould.id AND size.state = 'opened'
             WHERE mould.each > 0
            """
        )
        return super()._get_shared() | {"opened_mould": parts, "opened_size": sizes}

    def _get_facts(self):
        return [
            *super()._get_facts(),
            self._fact(
                8,
                SQL("opened_mould mould WHERE mould.once > 0"),
                row_id="mould.id",
                event="'mould_opened'",
                request="mould.request_id",
                day="mould.opened_on",
                mould_cost="mould.once",
            ),
            self._fact(
                9,
                SQL("opened_size size"),
                row_id="size.id",
                event="'mould_opened'",
                request="size.request_id",
                day="size.opened_on",
                mould_cost="size.amount",
            ),
        ]

    def _get_spending(self):
        return [
            *super()._get_spending(),
            SQL("SELECT request_id, once FROM opened_mould"),
            SQL("SELECT request_id, amount FROM opened_size"),
        ]
