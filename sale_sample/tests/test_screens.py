from lxml import etree

from odoo.tests import freeze_time, tagged

from .common import MONDAY_9, SampleCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestScreens(SampleCase):
    """Whoever has to do with samples finds the menus that lead there, and the settings."""

    def test_settings_without_the_sales_app(self):
        """Odoo hides the page of Sales unless its app is installed; the settings of samples stand there."""
        view = self.env["res.config.settings"].get_view(view_type="form")
        pages = etree.fromstring(view["arch"]).xpath("//app[block[@name='sale_sample']]")
        self.assertEqual([page.get("notApp") for page in pages], ["0"])

    def _menus(self, user):
        """Return the entries of the Samples menu that a user sees."""
        root = self.env.ref("sale_sample.sale_sample_menu")
        visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id), ("id", "in", list(visible))])
        return {name.split(".")[1].removeprefix("sale_sample_") for name in menus.get_external_id().values()}

    def test_menus(self):
        requests = {"menu", "request_menu", "round_menu", "kept_menu"}
        for role in ("salesman", "finance", "policy_admin", "rnd", "quality"):
            with self.subTest(role=role):
                self.assertLessEqual(requests, self._menus(getattr(self, role)))
        self.assertFalse(requests & self._menus(self.internal))
