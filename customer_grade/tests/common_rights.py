"""Who may do what with the models of an addon, by role: for the tests of this addon and of those above it."""

from .common import GradeCase

READ, ALL, NONE = "r", "rwcu", ""
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


class RightsCase(GradeCase):
    def assertRights(self, rights):
        """Check what each role may do: ``{model: {role: letters of OPERATIONS}}``."""
        for model, by_role in rights.items():
            for role, expected in by_role.items():
                records = self.env[model].with_user(getattr(self, role))
                allowed = "".join(sign for sign, name in OPERATIONS.items() if records.has_access(name))
                with self.subTest(model=model, role=role):
                    self.assertEqual(allowed, expected)

    def _models_of(self, addon):
        """Return the names of the stored models of our own that an addon brings."""
        return {
            name
            for name, model in self.env.registry.items()
            if name.startswith(("customer.", "crm.prospect."))
            and model._original_module == addon
            and not model._abstract
        }
