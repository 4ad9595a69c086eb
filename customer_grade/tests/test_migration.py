from odoo.tests import BaseCase, tagged

from ..tools.migration import Move, migration


@tagged("-at_install", "post_install")
class TestMigration(BaseCase):
    def test_counts_cells_and_totals(self):
        result = migration([Move(1, 2, 100.0), Move(1, 2, 50.0), Move(2, 2, 7.0), Move(None, 1, 3.0)])
        self.assertEqual(
            result.cells,
            {
                "1,2": {"count": 2, "revenue": 150.0},
                "2,2": {"count": 1, "revenue": 7.0},
                "0,1": {"count": 1, "revenue": 3.0},
            },
        )
        self.assertEqual((result.count, result.moved), (4, 3))
        self.assertEqual((result.totals[2].count_before, result.totals[2].count_after), (1, 3))
        self.assertEqual(result.totals[2].revenue_after, 157.0)
        self.assertEqual((result.totals[0].count_before, result.totals[0].count_after), (1, 0))

    def test_no_grade_is_a_side_of_the_matrix(self):
        result = migration([Move(None, 2), Move(2, None), Move(None, None)])
        self.assertEqual(list(result.cells), ["0,2", "2,0", "0,0"])
        self.assertEqual((result.count, result.moved), (3, 2))
        self.assertEqual((result.totals[0].count_before, result.totals[0].count_after), (2, 2))
        self.assertEqual({cell["revenue"] for cell in result.cells.values()}, {0.0}, "without figures no revenue")

    def test_two_windows_have_two_revenues(self):
        result = migration([])
        result.add(Move(1, 1, 100.0), revenue_after=40.0)
        self.assertEqual((result.totals[1].revenue_before, result.totals[1].revenue_after), (100.0, 40.0))
        self.assertEqual(result.cells["1,1"]["revenue"], 100.0)
        self.assertEqual(result.moved, 0)
