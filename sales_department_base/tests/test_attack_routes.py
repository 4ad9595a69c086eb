"""Pages, files and reports over HTTP: of others nothing shows, what is added to the address does not get into the page."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .attack_case import AttackCase

#: Passed in every parameter: it must not come back in a page.
INJECTED = "injected7"
MISSING = 2_000_000_000
NAMES_OF_PYTHON = {"self", "kwargs", "values", "template", "env", "request", "page", "access_token", "search", "sortby"}


@tagged("post_install", "-at_install", "attack")
class TestRoutes(AttackCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for world in cls.worlds:
            for name in cls.house.documents:
                record = world.make(name)
                if "access_token" in record._fields:
                    record._portal_ensure_token()
        cls.env.flush_all()

    def test_routes(self):
        """Each page of ours with ids of every kind and parameters that mean something to its template."""
        users = {"visitor": None, "portal": self.portal, "salesperson": self.own.user}
        with self.attacking("routes"):
            for rule in self._get_rules():
                self.counts["routes"] += 1
                for who, user in users.items():
                    self.authenticate(user and user.login, user and user.login)
                    for whose, path in self._get_paths(rule):
                        self._request(rule, who, whose, path)

    def _get_rules(self) -> list:
        """Return the routes that are ours alone, not those of Odoo that our controllers extend."""
        return [rule for rule in self.env["ir.http"].routing_map().iter_rules() if self._is_new(rule.endpoint.func)]

    def _is_new(self, function) -> bool:
        classes = type(getattr(function, "__self__", None)).mro()
        defining = [cls.__module__ for cls in classes if function.__name__ in vars(cls)] or [function.__module__]
        return all(self.house.is_our_module(path) for path in defining)

    def _get_paths(self, rule) -> Iterator[tuple[str, str]]:
        """Yield (whose, path) for the own documents, those of others, and ids that mean nothing."""
        for world in (self.own, self.colleague, self.stranger):
            yield world.key, self._fill(rule, lambda name, world=world: self._get_id(name, world))
        if rule.arguments:
            for value in (0, MISSING, 10**30):
                yield f"id {value}", self._fill(rule, lambda _name, value=value: value)

    def _fill(self, rule, get) -> str:
        return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: str(get(found[1])), rule.rule)

    def _get_id(self, name: str, world):
        """Return the id that an argument such as `request_id` stands for."""
        for model in self.house.documents:
            if name.endswith("_id") and model.rpartition(".")[2] == name.removesuffix("_id"):
                return world.make(model).id
        return "x"

    def _request(self, rule, who, whose, path):
        methods = rule.methods or {"GET"}
        parameters = dict.fromkeys(self._names, INJECTED)
        calls = [("plain", {}), ("with parameters", parameters)]
        if "²" not in path:
            calls.append(("odd values", dict.fromkeys(self._names, "²\x00")))
        for way, given in calls:
            self.counts["requests"] += 1
            with mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_qweb"):
                if rule.endpoint.routing["type"] == "jsonrpc":
                    given = {key: value for key, value in given.items() if key in ("access_token", "name", "signature")}
                    response = self.url_open(path, json={"params": given})
                elif "GET" in methods:
                    response = self.url_open(f"{path}?{urlencode(given)}", allow_redirects=True)
                else:
                    response = self.url_open(path, data={**given, "csrf_token": Request.csrf_token(self)})
            self._judge(rule, who, whose, way, response)

    def _judge(self, rule, who, whose, way, response):
        text = response.text
        place = rule.rule
        if response.status_code >= 500 or '"name": "builtins.' in text or "psycopg2" in text:
            self.find(place, who, f"{whose}, {way}: status {response.status_code}")
        if INJECTED in text and "text/html" in response.headers.get("Content-Type", "") and self._shows(text):
            self.find(place, who, f"{whose}, {way}: what was added to the address is in the page")
        may_see = self.worlds if who == "salesperson" else []
        for world in self.worlds:
            if world.marker in text and world is not self.own and world not in may_see:
                self.find(place, who, f"{whose}, {way}: shows what is {world.key}'s")

    @staticmethod
    def _shows(text: str) -> bool:
        """Tell whether a parameter is in the page outside of links, where it does no harm."""
        return INJECTED in re.sub(r"""(?:href|action|value|src|content)=(?:"[^"]*"|'[^']*')""", "", text)

    @property
    def _names(self) -> list[str]:
        """The names that the templates of our pages use, and some that Python does."""
        views = self.env["ir.ui.view"].search([("type", "=", "qweb"), ("key", "=like", "%portal%")])
        ours = views.filtered(lambda view: (view.key or "").partition(".")[0] in self.house.modules)
        expressions = re.findall(
            r"""t-(?:if|elif|out|esc|foreach|set|value)=["']([^"']*)["']""", "".join(ours.mapped("arch"))
        )
        found = {name for one in expressions for name in re.findall(r"(?<![\w.])[a-z_]\w+", one)}
        return sorted({*found, *NAMES_OF_PYTHON})

    def test_reports(self):
        """Each report of ours over its address, for documents of others."""
        with self.attacking("reports"):
            for report in self.env["ir.actions.report"].search([("model", "in", self.house.models)]):
                self.counts["reports"] += 1
                for attacker in self.attackers:
                    self.authenticate(attacker.user.login, attacker.user.login)
                    for world in attacker.foreign:
                        record = world.make(report.model)
                        if not record or self.may(attacker.user, record):
                            continue
                        self.counts["requests"] += 1
                        with mute_logger("odoo.http", "odoo.addons.base.models.ir_qweb"):
                            response = self.url_open(f"/report/html/{report.report_name}/{record.id}")
                        if world.marker in response.text:
                            self.find(report.report_name, attacker.key, f"{world.key}: status {response.status_code}")

    def test_files(self):
        """Each file of ours over its address: whoever may not read the record does not get it."""
        with self.attacking("files"):
            for name in self.house.documents:
                for field in self.house.get_fields(name):
                    if field.type in ("binary", "image") and field.store:
                        self.counts["fields"] += 1
                        self._fetch(name, field)

    def _fetch(self, name, field):
        for attacker in self.attackers:
            self.authenticate(attacker.user.login, attacker.user.login)
            for world in (*attacker.foreign, attacker.own):
                record = world.make(name)
                if record and not self.may(attacker.user, record):
                    self.counts["requests"] += 1
                    with mute_logger("odoo.http"):
                        response = self.url_open(f"/web/content/{name}/{record.id}/{field.name}")
                    if response.status_code == 200:
                        self.find(f"{name}.{field.name}", attacker.key, world.key)
