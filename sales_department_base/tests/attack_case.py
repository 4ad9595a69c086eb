"""Two companies with salespeople, their worlds, and calls as a client makes them."""

import json
import logging
import os
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import MissingError, UserError
from odoo.modules import Manifest
from odoo.service.model import call_kw
from odoo.tests import TransactionCase, freeze_time, new_test_user
from odoo.tools import mute_logger

from .access_data import Role, read
from .record_factory import NOW, RecordFactory, World

_logger = logging.getLogger(__name__)

#: Set by `make attack`: every role attacks, over every way.
EVERYBODY = bool(os.environ.get("ATTACK"))
#: What the web client shows as a message; anything else is a traceback.
CLEAR = (UserError, IntegrityError)
#: Roles of people outside.
NO_STAFF = ("portal", "public")
SALES = "sales_team.group_sale_salesman"
RND = "sales_department_base.group_collaborator_rnd"


def _now() -> float:
    """Return the seconds of a clock that goes on while the tests' time stands still."""
    return os.times().elapsed


class _Undo(Exception):
    """What an attempt has changed is undone."""


@dataclass(frozen=True)
class Outcome:
    """What came of a call."""

    result: Any = None
    error: Exception | None = None
    #: Tables of ours in which the call left another content.
    changed: frozenset[str] = frozenset()
    seconds: float = 0.0

    @property
    def is_done(self) -> bool:
        """Whether the call went through."""
        return self.error is None

    @property
    def is_refused(self) -> bool:
        """Whether the user was told why it did not."""
        return isinstance(self.error, CLEAR)

    @property
    def is_traceback(self) -> bool:
        """Whether it broke."""
        return self.error is not None and not self.is_refused

    @property
    def text(self) -> str:
        """What the user gets to see of it."""
        return str(self.error) if self.error is not None else json.dumps(self.result, default=str)


@dataclass(frozen=True)
class Attacker:
    """Somebody who tries, the world that is theirs, and those that are not."""

    key: str
    user: Any
    own: World
    foreign: list[World] = field(default_factory=list)


class AttackCase(TransactionCase):
    """The people, a world for each, and ways to act as one of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True, "tracking_disable": True})
        cls.factory = RecordFactory(cls.env)
        cls.house = cls.factory.house
        cls.company, cls.other_company = cls.env["res.company"].create([{"name": "Attacked"}, {"name": "Elsewhere"}])
        cls.env.user.company_ids |= cls.company | cls.other_company
        cls.team, cls.second_team = cls._make_team("First", cls.company), cls._make_team("Second", cls.company)
        with mute_logger("odoo.sql_db"):
            cls.own = cls._make_world("own", cls.team, cls.company, 1)
            cls.mate = cls._make_world("mate", cls.team, cls.company, 2)
            cls.colleague = cls._make_world("colleague", cls.second_team, cls.company, 3)
            cls.stranger = cls._make_world("stranger", cls._make_team("Far", cls.other_company), cls.other_company, 4)
        cls.worlds = [cls.own, cls.mate, cls.colleague, cls.stranger]
        contact = cls.env["res.partner"].create({
            "name": "Contact",
            "email": "contact@example.com",
            "parent_id": cls.own.make("res.partner").id,
        })
        cls.portal = new_test_user(cls.env, "attack_portal", groups="base.group_portal", partner_id=contact.id)
        cls.rnd = cls._make_user("attack_rnd", RND, cls.company)
        cls.addons = {name: Path(Manifest.for_addon(name).path) for name in cls.house.get_addons()}
        roles = [role for path in cls.addons.values() for role in read(Role, path)]
        cls.roles = {role.role: role for role in roles if all(cls._ref(group) for group in role.groups.split())}
        staff = [role for role in cls.roles.values() if role.role not in NO_STAFF]
        groups = {group for role in staff for group in role.groups.split()} | {"base.group_partner_manager"}
        cls.insider = Attacker(
            "all roles", cls._make_user("attack_all", ",".join(groups), cls.company), cls.own, [cls.stranger]
        )
        others = [cls.colleague, cls.stranger]
        cls.staff = [
            Attacker(
                role.role,
                cls._make_user(f"attack_as_{role.role}", ",".join(role.groups.split()), cls.company),
                cls.own,
                others,
            )
            for role in (staff if EVERYBODY else ())
        ]
        cls.tables = {cls.env[name]._table: name for name in cls.house.documents}
        cls.env.cr.execute("SELECT array_agg(relname::regclass::oid) FROM unnest(%s) AS relname", [list(cls.tables)])
        [cls.oids] = cls.env.cr.fetchone()
        cls.env.flush_all()

    @classmethod
    def _ref(cls, xmlid):
        return cls.env.ref(xmlid, raise_if_not_found=False)

    @classmethod
    def _make_team(cls, name, company):
        return cls.env["crm.team"].create({"name": name, "company_id": company.id, "user_id": False})

    @classmethod
    def _make_user(cls, login, groups, company):
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            email=f"{login}@example.com",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _make_world(cls, key, team, company, number):
        user = cls._make_user(f"attack_{key}", SALES, company)
        cls.env["crm.team.member"].create({"crm_team_id": team.id, "user_id": user.id})
        world = World(cls.factory, key, user, team, company, number)
        world.make_all()
        return world

    @classmethod
    def _get_attackers(cls) -> list[Attacker]:
        """Return who attacks: four of whom most is to be expected; all roles in the long form."""
        return [
            Attacker("salesperson", cls.own.user, cls.own, [cls.colleague, cls.stranger]),
            Attacker("rnd", cls.rnd, cls.own, [cls.stranger]),
            Attacker("portal", cls.portal, cls.own, [cls.colleague, cls.stranger]),
            Attacker("other company", cls.stranger.user, cls.stranger, [cls.own]),
            *cls.staff,
        ]

    def setUp(self):
        super().setUp()
        for world in self.worlds:  # what a test makes is gone after it
            self.patch(world, "records", dict(world.records))
        self.attackers = self._get_attackers()
        self.findings: list[str] = []
        self.counts: Counter[str] = Counter()
        self.started = _now()

    # ------------------------------------------------------------------
    # Acting as somebody
    # ------------------------------------------------------------------

    def act(self, user):
        """Return the environment of a user as a client has it."""
        return self.env(user=user.id, su=False, context={"lang": "en_US", "allowed_company_ids": user.company_id.ids})

    def attempt(
        self, user, model: str, method: str, *args: Any, look: Callable[[Any], None] | None = None, **kwargs: Any
    ) -> Outcome:
        """Call a method as it arrives over RPC, look at what it did, and undo it.

        :param look: is given the result before it is undone
        """
        env = self.act(user)
        context = {**env.context, **kwargs.pop("context", {})}
        self.counts["calls"] += 1
        started = _now()
        result, error, changed = None, None, frozenset()
        with mute_logger("odoo.sql_db", "odoo.models.unlink", "py.warnings"), suppress(_Undo), self.env.cr.savepoint():
            before = self._count_changes()
            try:
                result = call_kw(env[model], method, list(args), {**kwargs, "context": context})
                env.flush_all()
            except Exception as caught:  # noqa: BLE001 - what breaks is what is looked for
                error = caught
            else:
                changed = self._get_changes(before)
                if look:
                    look(result)
            raise _Undo
        return Outcome(result, error, changed, _now() - started)

    def _count_changes(self) -> tuple[int, ...]:
        """Return how many rows of each of our tables this transaction has touched."""
        self.env.cr.execute(
            "SELECT pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)"
            " + pg_stat_get_xact_tuples_deleted(oid) FROM unnest(%s::oid[]) WITH ORDINALITY AS one (oid, n) ORDER BY n",
            [self.oids],
        )
        return tuple(row[0] for row in self.env.cr.fetchall())

    def _get_changes(self, before: tuple[int, ...]) -> frozenset[str]:
        after = self._count_changes()
        return frozenset(name for name, old, new in zip(self.tables.values(), before, after, strict=True) if old != new)

    def may(self, user, record, operation: str = "read") -> bool:
        """Tell whether the user may do that with the record, as Odoo's rights say."""
        try:
            return bool(record) and record.with_env(self.act(user)).has_access(operation)
        except MissingError:  # a view may leave out what is of another company
            return False

    # ------------------------------------------------------------------
    # What was found
    # ------------------------------------------------------------------

    def find(self, place: str, who: str, way: str, outcome: Outcome | None = None) -> None:
        """Note an open door: where, who went through, and how."""
        more = ""
        if outcome is not None and outcome.is_traceback:
            more = f": {type(outcome.error).__name__}: {str(outcome.error)[:200]}"
        elif outcome is not None and outcome.changed:
            more = f": changed {', '.join(sorted(outcome.changed))}"
        self.findings.append(f"{place} | {who} | {way}{more}")

    @contextmanager
    def attacking(self, kind: str):
        """Log how much was tried, and fail with what was found."""
        yield
        seconds = _now() - self.started
        counted = ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
        _logger.info("attack on %s: %s, %s open, %.0f s", kind, counted, len(self.findings), seconds)
        if self.findings:
            self.fail("\n".join(["open doors", *self.findings]))
