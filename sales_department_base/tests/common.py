"""Helpers for the tests of all addons that build on this one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar
from unittest.mock import Mock, patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, freeze_time, new_test_user

from odoo.addons.base.models.ir_cron import IrCron


class DepartmentCase(TransactionCase):
    """A company of its own in China, whose people are made here: 40 hours a week, Asia/Shanghai, CNY."""

    #: Groups of one user a role; the attribute and the end of the login are the key. Addons that extend others add
    #: roles of theirs.
    ROLES: ClassVar[dict[str, str]] = {}
    #: How the logins begin.
    LOGIN: ClassVar[str] = "department"
    COMPANY: ClassVar[str] = "Sole Works"
    #: The day or moment at which the tests stand, if any.
    NOW: ClassVar[str | None] = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.NOW:
            cls.startClassPatcher(freeze_time(cls.NOW))
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True})
        cls.company = cls._make_company(cls.COMPANY)
        cls.env.user.write({"company_ids": [Command.link(cls.company.id)], "company_id": cls.company.id})
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        for role, groups in cls.ROLES.items():
            user = new_test_user(
                cls.env,
                f"{cls.LOGIN}_{role}",
                groups=groups,
                email=f"{role}@example.com",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            setattr(cls, role, user)

    @classmethod
    def _make_company(cls, name, currency="CNY", timezone="Asia/Shanghai"):
        company = cls.env["res.company"].create({"name": name, "currency_id": cls._currency(currency).id})
        company.resource_calendar_id.tz = timezone
        return company

    @classmethod
    def _currency(cls, code):
        currency = cls.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
        currency.active = True
        return currency

    @contextmanager
    def assertRefused(self, pattern, error=UserError):
        """Check that ``error`` is raised with this message, and undo what was done until then."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), pattern)

    @contextmanager
    def assertClosed(self, error=AccessError):
        """Check that it is refused."""
        self.env.flush_all()
        with self.assertRaises(error), self.env.cr.savepoint():
            yield
            self.env.flush_all()
        self.env.invalidate_all()


def assert_transitions_declared(model) -> None:
    """Check that a model's transitions name only states that it has.

    :param model: an empty recordset of a model with declared transitions
    :raises AssertionError: naming each state that the field does not know, or
        when no transition is declared at all, or when copies keep the state
    """
    field = model._fields["state"]
    states = set(field.get_values(model.env))
    transitions = model._get_transitions()
    assert transitions, f"{model._name} declares no transitions"
    declared = set(transitions).union(*transitions.values())
    unknown = sorted(declared - states)
    assert not unknown, f"{model._name}: no such states: {', '.join(unknown)}"
    assert not field.copy, f"{model._name}.{field.name} must not be copied"


@contextmanager
def throwaway_model(registry, cr, *model_defs: type) -> Iterator[str]:
    """Register models for the length of a test, and give the name of the first.

    :param registry: the registry to extend
    :param cr: a cursor of that database
    :param model_defs: model classes with ``_module = None``, those that are inherited from first; several may make
        up one model, as those of several addons would. Their tables are up to the test
    """
    # within the function: addons may not import odoo.orm, tests have no other way
    from odoo.orm.model_classes import add_to_registry  # noqa: PLC0415  # removed-name: tests have no other way

    invalidated = registry.registry_invalidated
    names = list(dict.fromkeys(add_to_registry(registry, model_def)._name for model_def in model_defs))
    try:
        registry._setup_models__(cr, names)
        registry.registry_invalidated = invalidated
        yield names[0]
    finally:
        for name in reversed(names):
            del registry[name]
        registry._setup_models__(cr)
        registry.registry_invalidated = invalidated


@contextmanager
def without_commits() -> Iterator[Mock]:
    """Let a scheduled job run within a test: what it commits by ``_commit_progress`` stays in the transaction.

    :return: the mock, whose calls tell what each batch processed
    """
    with patch.object(IrCron, "_commit_progress", autospec=True, return_value=60.0) as progress:
        yield progress
