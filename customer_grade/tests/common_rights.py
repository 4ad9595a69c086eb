"""Who may do what with the models of an addon, by role: for the tests of this addon and of those above it."""

from .common import GradeCase

READ, ALL, NONE = "r", "rwcu", ""
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


class RightsCase(GradeCase):
    """Inherited by one class an addon, which says what is right."""

    ADDON = ""
    RIGHTS = {}
    """What each role may do: ``{model: {role: letters of OPERATIONS}}``."""

    def test_each_role_on_each_model(self):
        for model, by_role in self.RIGHTS.items():
            for role, expected in by_role.items():
                records = self.env[model].with_user(getattr(self, role))
                allowed = "".join(sign for sign, name in OPERATIONS.items() if records.has_access(name))
                with self.subTest(model=model, role=role):
                    self.assertEqual(allowed, expected)

    def test_every_model_of_the_addon_is_looked_at(self):
        models = {
            name
            for name, model in self.env.registry.items()
            if model._original_module == self.ADDON and not model._abstract
        }
        self.assertEqual(models, set(self.RIGHTS))
