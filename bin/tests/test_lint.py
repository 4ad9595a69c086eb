"""The checks of our own: dead names, translations, floors, one class per model."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import polib  # noqa: E402
from devtools.addons import floor_problems  # noqa: E402
from devtools.house import dead_names, several_classes  # noqa: E402
from devtools.translations import differences, merge, problems  # noqa: E402

# One line each.
DEAD = {
    ".py": """\
    _sql_constraints = [('a', 'unique(a)', 'b')]
def name_get(self):
found = self.env['x'].search([], count=True)
x = fields.Many2one('y', auto_join=True)
total = fields.Float(group_operator='avg')
from odoo.osv import expression
self._cr.execute(query)
@api.returns('self')
@http.route('/x', type='json', auth='user')
rows = self.env['sale.order'].read_group(domain, fields, groupby)
class TestX(SavepointCase):
    'groups_id': [(4, group.id)],
    'view_mode': 'tree,form',
""",
    ".xml": """\
<tree><field name='a'/></tree>
<field name="view_mode">tree,form</field>
<field name="a" attrs="{'invisible': [('b', '=', 1)]}"/>
<button states="draft"/>
<t t-name="kanban-box">
<div class="oe_chatter">
<field name="groups_id" eval="x"/>
<group expand="0" string="Group By">
<field name="numbercall">-1</field>
<field name="category_id" ref="base.module_category_sales"/>
""",
    ".js": """\
odoo.define('x', function (require) {
this.rpc = useService('rpc');
    extra_trigger: '.o_form',
""",
}
ALIVE = {
    ".py": """\
    _name_unique = models.Constraint('unique(name)', 'x')
self.env.cr.flush()
rows = self.env['x']._read_group(domain, ['a'], ['__count'])
self.env.context.get('x')
found = re.search(pattern, text)
# the old name_get is gone
type='jsonrpc'
line.product_uom_id
groups_id = 1  # removed-name: a column of another program
""",
    ".xml": """\
<list><field name="state" invisible="state == 1"/></list>
<!-- <tree/> -->
<field name="group_ids" eval="x"/>
<record id="p" model="res.groups.privilege"><field name="category_id" ref="base.module_category_sales"/></record>
<form><group name="a"/></form>
""",
    ".js": "import { rpc } from '@web/core/network/rpc';\nuseService('orm')\n",
}


class TestRemovedNames(unittest.TestCase):
    def test_dead_names_are_found_and_living_ones_left_alone(self):
        for suffix, lines in DEAD.items():
            for line in lines.splitlines():
                with self.subTest(line=line):
                    self.assertTrue(list(dead_names(line, suffix)))
        for suffix, lines in ALIVE.items():
            self.assertEqual(list(dead_names(lines, suffix)), [])

    def test_line_numbers_survive_comments(self):
        self.assertEqual([number for number, _text in dead_names("<!--\n\n-->\n<tree/>", ".xml")], [4])


def po(**terms):
    file = polib.POFile()
    for source, text in terms.items():
        file.append(polib.POEntry(msgid=source, msgstr=text, occurrences=[("code:x", "0")]))
    return file


class TestTranslations(unittest.TestCase):
    def test_missing_empty_stale_fuzzy(self):
        self.assertEqual(problems(po(Grade=""), po(Grade="等级")), [])
        found = problems(po(Grade="", Score=""), po(Grade="", Gone="没有"))
        self.assertEqual(found, ["without translation: 'Grade'", "missing: 'Score'", "not in the template: 'Gone'"])
        translated = po(Grade="等级")
        translated[0].flags.append("fuzzy")
        self.assertEqual(problems(po(Grade=""), translated), ["fuzzy: 'Grade'"])

    def test_placeholders_and_tags_must_agree(self):
        source = "%(count)s of %(total)d <b>x</b>, 80 % of {{ object.name }}"
        template, translated = po(**{source: ""}), po(**{source: "%(count)s <b>x</b>"})
        self.assertTrue(problems(template, translated))
        translated[0].msgstr = "<b>x</b> %(total)d 中 %(count)s {{ object.name }} 80 %"
        self.assertEqual(problems(template, translated), [])

    def test_merge_keeps_adds_and_drops(self):
        translated = po(Grade="等级", Gone="没有")
        merge(translated, po(Grade="", New=""))
        self.assertEqual({entry.msgid: entry.msgstr for entry in translated}, {"Grade": "等级", "New": ""})

    def test_template_differences(self):
        self.assertEqual(differences(po(A="", B=""), po(A="", B="")), [])
        found = differences(po(A="", B=""), po(A="", C=""))
        self.assertEqual(found, ["missing: 'C'", "gone from the addon: 'B'"])


class TestFloors(unittest.TestCase):
    TABLE = {"floors": {"ground": 0, "grade": 1, "budget": 1, "fee": 2}, "glue": {"floor": 3, "suffixes": ["stock"]}}

    def found(self, **depends):
        return [text for texts in floor_problems(depends, self.TABLE).values() for text in texts]

    def test_only_what_is_below(self):
        self.assertEqual(self.found(ground=["mail"], grade=["ground", "sale"], fee=["grade"], fee_stock=["fee"]), [])
        self.assertEqual(len(self.found(grade=["budget"], budget=[])), 1)
        self.assertEqual(len(self.found(ground=["grade"], grade=[])), 1)
        self.assertEqual(len(self.found(fee=["fee_stock"], fee_stock=[])), 1)

    def test_an_addon_without_a_floor(self):
        self.assertIn("has no floor yet", self.found(unheard_of=["ground"])[0])


class TestClasses(unittest.TestCase):
    def test_sliced_models_and_methods_defined_again(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "a.py").write_text("class A(models.Model):\n    _name = 'x.y'\n    def f(self): pass\n")
            self.assertEqual(several_classes(Path(folder)), ([], []))
            (Path(folder) / "b.py").write_text(
                "class B(models.Model):\n    _inherit = ['x.y']\n    def f(self): pass\n"
            )
            (Path(folder) / "c.py").write_text("class Plain:\n    def f(self): pass\n")
            self.assertEqual(
                several_classes(Path(folder)),
                (["x.y is 2 classes: a.py, b.py"], ["x.y.f is defined 2 times: a.py, b.py"]),
            )


if __name__ == "__main__":
    unittest.main()
