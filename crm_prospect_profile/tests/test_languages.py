"""Texts that are put together follow the language of the reader."""

from odoo.tests import tagged

from .common import ProfileCase


@tagged("post_install", "-at_install")
class TestLanguages(ProfileCase):
    def test_name_of_a_profile(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search([("name", "=", "crm_prospect_profile")])._update_translations(["zh_CN"])
        profile = self._profile()
        for lang, text in (
            ("en_US", "Good prospect v1"),
            ("zh_CN", "Good prospect 第 1 版"),
            ("en_US", "Good prospect v1"),
        ):
            self.assertEqual(profile.with_context(lang=lang).display_name, text, lang)
