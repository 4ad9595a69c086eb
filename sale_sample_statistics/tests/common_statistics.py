"""Four requests with known days, to be counted by hand.

Each step happens at 9 o'clock in Shanghai; the company works eight hours a day, Monday to Friday.
"""

from odoo.tests import freeze_time

from odoo.addons.sale_sample.tests.common_rounds import RoundCase


class StatisticsCase(RoundCase):
    """What happened in March and April 2026, and what to expect of it.

    ======= ======== ======== ================================== ========= ======= =========
    request asked    accepted rounds (made, sent, answered)      end       cost    promised
    ======= ======== ======== ================================== ========= ======= =========
    A       2 March  3 March  6, 6, 16 March                     approved  100     5 March
    B       2 March  4 March  11, 12, 19; 26, 27 March, 8 April  approved  300+200 12 March
    C       1 April  2 April  7, 8, 10 April                     rejected  50      8 April
    D       1 April  –        –                                  cancelled 0       –
    ======= ======== ======== ================================== ========= ======= =========

    A is ordered on 1 April (1,000), again on 1 June (500) and after more than a year.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.hours_per_day = 8.0
        cls.request_a = cls._lived(
            "2026-03-02",
            "2026-03-03",
            "2026-03-10",
            "2026-03-05",
            [("2026-03-06", "2026-03-06", "2026-03-16", "approved", 100)],
        )
        cls.request_b = cls._lived(
            "2026-03-02",
            "2026-03-04",
            "2026-03-11",
            "2026-03-12",
            [
                ("2026-03-11", "2026-03-12", "2026-03-19", "changes", 300),
                ("2026-03-26", "2026-03-27", "2026-04-08", "approved", 200),
            ],
            user_id=cls.other_salesman.id,
        )
        cls.request_c = cls._lived(
            "2026-04-01",
            "2026-04-02",
            "2026-04-30",
            "2026-04-08",
            [("2026-04-07", "2026-04-08", "2026-04-10", "rejected", 50)],
        )
        cls.request_d = cls._lived("2026-04-01", None, "2026-04-30", None, [])
        with freeze_time("2026-04-03 01:00:00"):
            cls.request_d._end("cancelled", cls.reason_cancelled)
        category = cls.env["product.category"].create({"name": "Statistics Soles"})
        cls.product = cls.request_a._create_product("Sole A", category, cls.env.ref("uom.product_uom_unit"), 100.0)
        cls.product.taxes_id = False
        cls._ordered("2026-04-01", 10, cls.request_a)
        cls._ordered("2026-06-01", 5)
        cls._ordered("2027-04-01", 70)

    @classmethod
    def _lived(cls, submitted, accepted, needed, promised, rounds, **values):
        """Return a request that went through its steps on these days."""
        with freeze_time(f"{submitted} 01:00:00"):
            request = cls._request(accepted=False, needed_by=needed, **values)
            request.sudo()._change_state("submitted", submitted_at=f"{submitted} 01:00:00")
        if accepted:
            with freeze_time(f"{accepted} 01:00:00"):
                request.sudo()._change_state(
                    "accepted", accepted_at=f"{accepted} 01:00:00", rnd_user_id=cls.rnd.id, promised_on=promised
                )
        for made, sent, answered, verdict, cost in rounds:
            sample = request.current_round_id
            with freeze_time(f"{made} 01:00:00"):
                sample.cost = cost
                sample.action_start()
                cls._measured(sample)
                sample.action_made()
            with freeze_time(f"{sent} 01:00:00"):
                sample._send(sample._get_today(), carrier="SF", tracking_ref="SF1")
            with freeze_time(f"{answered} 01:00:00"):
                values = {"changes": {"style": True}, "comments": {"style": "Toe"}} if verdict == "changes" else {}
                if verdict == "rejected":
                    values["reason"] = cls.reason_rejected
                sample._record_answer(verdict, **values)
        return request

    @classmethod
    def _ordered(cls, day, quantity, request=None):
        """Confirm an order of the product on a day, from the sample when given."""
        with freeze_time(f"{day} 01:00:00"):
            if request:
                order = request._quote(cls.product, quantity, 100.0)
            else:
                order = cls.env["sale.order"].create({
                    "partner_id": cls.contact.id,
                    "order_line": [
                        (0, 0, {"product_id": cls.product.id, "product_uom_qty": quantity, "price_unit": 100.0})
                    ],
                })
            order.action_confirm()
        return order
