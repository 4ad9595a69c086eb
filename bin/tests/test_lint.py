"""The checks of our own: dead names, translations, dependencies between addons."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import polib  # noqa: E402
from devtools.lint.po_files import placeholders, problems  # noqa: E402
from devtools.lint.removed_names import find  # noqa: E402
from devtools.project import Addon, closure, core_dependencies  # noqa: E402
from devtools.testing.translations import differences, merge  # noqa: E402
from devtools.ui import Problem  # noqa: E402

DEAD = {
    ".py": (
        "    _sql_constraints = [('a', 'unique(a)', 'b')]",
        "def name_get(self):",
        "found = self.env['x'].search([], count=True)",
        "x = fields.Many2one('y', auto_join=True)",
        "total = fields.Float(group_operator='avg')",
        "from odoo.osv import expression",
        "self._cr.execute(query)",
        "@api.returns('self')",
        "@http.route('/x', type='json', auth='user')",
        "rows = self.env['sale.order'].read_group(domain, fields, groupby)",
        "class TestX(SavepointCase):",
        "    'groups_id': [(4, group.id)],",
        "    'view_mode': 'tree,form',",
    ),
    ".xml": (
        "<tree><field name='a'/></tree>",
        '<field name="view_mode">tree,form</field>',
        "<field name=\"a\" attrs=\"{'invisible': [('b', '=', 1)]}\"/>",
        '<button states="draft"/>',
        '<t t-name="kanban-box">',
        '<div class="oe_chatter">',
        '<field name="groups_id" eval="x"/>',
        '<group expand="0" string="Group By">',
        '<field name="numbercall">-1</field>',
        '<field name="category_id" ref="base.module_category_sales"/>',
    ),
    ".js": ("odoo.define('x', function (require) {", "this.rpc = useService('rpc');", "    extra_trigger: '.o_form',"),
}
ALIVE = {
    ".py": (
        "    _name_unique = models.Constraint('unique(name)', 'x')",
        "self.env.cr.flush()",
        "rows = self.env['x']._read_group(domain, ['a'], ['__count'])",
        "self.env.context.get('x')",
        "found = re.search(pattern, text)",
        "# the old name_get is gone",
        "type='jsonrpc'",
        "line.product_uom_id",
        "groups_id = 1  # removed-name: a column of another program",
    ),
    ".xml": (
        '<list><field name="state" invisible="state == 1"/></list>',
        "<!-- <tree/> -->",
        '<field name="group_ids" eval="x"/>',
        '<record id="p" model="res.groups.privilege"><field name="category_id" ref="base.module_category_sales"/></record>',
        '<form><group name="a"/></form>',
    ),
    ".js": ("import { rpc } from '@web/core/network/rpc';", "useService('orm')"),
}


class TestRemovedNames(unittest.TestCase):
    def test_dead_names_are_found(self):
        for suffix, lines in DEAD.items():
            for line in lines:
                with self.subTest(line=line):
                    self.assertTrue(list(find(line, suffix)))

    def test_living_names_are_left_alone(self):
        for suffix, lines in ALIVE.items():
            for line in lines:
                with self.subTest(line=line):
                    self.assertEqual(list(find(line, suffix)), [])

    def test_line_numbers_survive_comments(self):
        self.assertEqual([number for number, _text in find("<!--\n\n-->\n<tree/>", ".xml")], [4])


def po(**terms):
    file = polib.POFile()
    for source, text in terms.items():
        file.append(polib.POEntry(msgid=source, msgstr=text, occurrences=[("code:x", "0")]))
    return file


class TestTranslations(unittest.TestCase):
    def test_complete(self):
        self.assertEqual(problems(po(Grade=""), po(Grade="等级")), [])

    def test_missing_empty_stale(self):
        found = " ".join(problems(po(Grade="", Score=""), po(Grade="", Gone="没有")))
        self.assertIn("without translation: 'Grade'", found)
        self.assertIn("missing: 'Score'", found)
        self.assertIn("not in the template: 'Gone'", found)

    def test_fuzzy(self):
        translated = po(Grade="等级")
        translated[0].flags.append("fuzzy")
        self.assertIn("fuzzy: 'Grade'", problems(po(Grade=""), translated))

    def test_placeholders_must_agree(self):
        template, translated = polib.POFile(), polib.POFile()
        template.append(polib.POEntry(msgid="%(count)s of %(total)d <b>x</b>"))
        translated.append(polib.POEntry(msgid="%(count)s of %(total)d <b>x</b>", msgstr="%(count)s <b>x</b>"))
        self.assertTrue(problems(template, translated))
        translated[0].msgstr = "<b>x</b> %(total)d 中 %(count)s"
        self.assertEqual(problems(template, translated), [])

    def test_percent_sign_is_no_placeholder(self):
        self.assertEqual(placeholders("80 % of revenue, 90% done"), [])
        self.assertEqual(placeholders("%s and %(a)s"), ["%(a)s", "%s"])

    def test_merge_keeps_adds_and_drops(self):
        translated = po(Grade="等级", Gone="没有")
        merge(translated, po(Grade="", New=""))
        self.assertEqual({entry.msgid: entry.msgstr for entry in translated}, {"Grade": "等级", "New": ""})

    def test_template_differences(self):
        self.assertEqual(differences(po(A="", B=""), po(A="", B="")), [])
        found = differences(po(A="", B=""), po(A="", C=""))
        self.assertEqual(found, ["missing: 'C'", "gone from the addon: 'B'"])


class TestDependencies(unittest.TestCase):
    KNOWN = {
        "base_x": Addon("base_x", Path("base_x"), {"depends": ["mail"]}),
        "grade": Addon("grade", Path("grade"), {"depends": ["base_x", "sale"]}),
    }

    def test_order_and_core(self):
        self.assertEqual(closure(["grade"], self.KNOWN), ["base_x", "grade"])
        self.assertEqual(core_dependencies(["grade"], self.KNOWN), {"mail", "sale"})

    def test_circle(self):
        known = {"a": Addon("a", Path("a"), {"depends": ["b"]}), "b": Addon("b", Path("b"), {"depends": ["a"]})}
        with self.assertRaises(Problem):
            closure(["a"], known)


if __name__ == "__main__":
    unittest.main()
