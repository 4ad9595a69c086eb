"""Names that Odoo dropped before 19: many are ignored silently or only fail in the browser.

Pure: text in, problems out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Removed:
    """A dead name, the files it is looked for in, and what to write instead."""

    pattern: re.Pattern[str]
    instead: str
    suffixes: tuple[str, ...] = (".py",)


def _py(pattern: str, instead: str) -> Removed:
    return Removed(re.compile(pattern), instead)


def _xml(pattern: str, instead: str) -> Removed:
    return Removed(re.compile(pattern), instead, (".xml",))


def _js(pattern: str, instead: str) -> Removed:
    return Removed(re.compile(pattern), instead, (".js",))


def _data(pattern: str, instead: str) -> Removed:
    return Removed(re.compile(pattern), instead, (".py", ".xml", ".csv"))


REMOVED: tuple[Removed, ...] = (
    # -- ORM and API
    _py(
        r"\b_sql_constraints\s*=",
        "models.Constraint or models.UniqueIndex (the list is ignored, no constraint is made)",
    ),
    _py(r"\bdef name_get\b|\.name_get\(", "display_name and _compute_display_name"),
    _py(r"\bdef _name_search\b|\._name_search\(", "_search_display_name"),
    _py(r"\bfields_view_get\b", "get_view and _get_view"),
    _py(r"\buser_has_groups\b", "env.user.has_groups"),
    _py(r"\.invalidate_cache\(", "invalidate_model or invalidate_recordset"),
    _py(r"\benv\.flush\(\)|\bself\.flush\(\)", "flush_model, flush_recordset or env.flush_all"),
    _py(r"\.search\([^)\n]*\bcount\s*=\s*True", "search_count"),
    _py(r"\bname_search\([^)\n]*\bargs\s*=", "name_search(domain=…)"),
    _py(r"@api\.(?:multi|one|returns|cr|v7|v8)\b", "nothing: the decorator is gone"),
    _py(r"\bgroup_operator\s*=", "aggregator="),
    _py(r"\bauto_join\s*=", "bypass_search_access="),
    _py(r"\bodoo\.registry\(|from odoo import .*\bregistry\b", "from odoo.modules.registry import Registry"),
    _py(r"\bget_module_resource\b|\bget_resource_path\b", "odoo.tools.misc.file_path or file_open"),
    _py(r"\bodoo\.osv\b", "odoo.fields.Domain"),
    _py(r"\bfrom odoo\.orm\b|\bimport odoo\.orm\b", "the façades odoo.fields, odoo.models, odoo.api"),
    _py(r"\bself\._(?:cr|uid|context)\b", "self.env.cr, self.env.uid, self.env.context"),
    _py(
        r"\.(?:check_access_rights|check_access_rule|_filter_access_rules(?:_python)?)\(",
        "check_access, has_access or _filtered_access",
    ),
    _py(r"\bclear_caches\(", "env.registry.clear_cache"),
    _py(r"\.toggle_active\(|\"toggle_active\"|'toggle_active'", "action_archive and action_unarchive"),
    _py(r"\bwith_context\([^)\n]*\bforce_company\s*=", "with_company"),
    _py(r"\.read_group\(", "_read_group or formatted_read_group"),
    _py(r"\bSavepointCase\b", "TransactionCase"),
    _py(r"\bodoo\.tests\.common import .*\bForm\b", "from odoo.tests import Form"),
    _py(r"\btype\s*=\s*['\"]json['\"]", "type='jsonrpc' in a route, 'jsonb' is not meant here"),
    _py(r"\blazy_property\b", "functools.cached_property"),
    _py(r"\b_notify_progress\b", "env['ir.cron']._commit_progress"),
    _py(r"\bir\.property\b", "company_dependent fields and ir.default"),
    # -- fields and models
    _data(r"\bgroups_id\b", "group_ids"),
    _data(r"\buom\.category\b", "relative_uom_id: units have no category any more"),
    _data(r"\bres\.partner\.title\b", "nothing: the model is gone"),
    _data(r"\bpartner(?:_id)?\.mobile\b", "phone"),
    _data(r"\bmail\.channel\b", "discuss.channel"),
    _data(r"\bprocurement\.group\b", "stock.reference"),
    _data(r"\bproduct\.packaging\b", "product.template.uom_ids"),
    _data(r"\bstock\.valuation\.layer\b", "the valuation fields of stock.move"),
    _data(r"\bdetailed_type\b", "type, and is_storable"),
    _data(r"\bsale_line_warn\b(?!_msg)|\bsale_warn\b(?!_msg)|\bpicking_warn\b(?!_msg)", "the …_warn_msg field alone"),
    _py(r"\bres\.groups['\"]\]\.create\([^)]*\busers\b|group\.users\b", "user_ids"),
    _py(
        r"\border_line\.product_uom\b(?!_)|\bline\.product_uom\b(?!_)|'product_uom'\s*:",
        "product_uom_id (stock.move keeps product_uom)",
    ),
    # -- views and data
    _xml(r"<tree\b|</tree>", "<list>"),
    _data(r"view_mode['\"]?\s*(?:>|:\s*['\"]|=\s*['\"])[^<'\"]*\btree\b", "list in view_mode"),
    _xml(r"\s(?:attrs|states)\s*=\s*[\"']\s*[{\w]", "invisible=, readonly=, required= with a Python expression"),
    _xml(r"\bt-name\s*=\s*[\"']kanban-box[\"']", 't-name="card"'),
    _xml(r"<div[^>]*class\s*=\s*[\"'][^\"']*oe_chatter", "<chatter/>"),
    _xml(r"\bt-raw\s*=", "t-out"),
    _xml(r"\bt-esc\s*=", "t-out"),
    _xml(r"<field name=\"(?:numbercall|doall)\"", "nothing: the field of ir.cron is gone"),
    _xml(r"<group\b(?=[^>]*\bexpand\s*=)", "a bare <group> in a search view"),
    _xml(
        r"<field name=\"category_id\" ref=\"base\.module_category",
        "privilege_id on res.groups (category_id on res.groups.privilege only)",
    ),
    _xml(r"/web#action=", "/odoo/<path>"),
    # -- JavaScript
    _js(r"\brequire\(\s*['\"]web\.|odoo\.define\(", "ES module imports"),
    _js(r"\bpublicWidget\b", "Interaction from @web/public/interaction"),
    _js(r"useService\(\s*['\"](?:rpc|user|company|cookie|router)['\"]\s*\)", "the imports from @web/core/…"),
    _js(r"\bextra_trigger\s*:", "a step of its own"),
)
# A privilege does have a category: the one place where the field is right.
PRIVILEGE = re.compile(r"<record\b[^>]*model=\"res\.groups\.privilege\".*?</record>", re.DOTALL)
SKIP_LINE = re.compile(r"removed-name:\s*\S")


def _blank(match: re.Match[str]) -> str:
    """Return as many lines as were matched, so that line numbers stay true."""
    return "\n" * match[0].count("\n")


def prepared(text: str, suffix: str) -> str:
    """Return the text without comments and without what is allowed."""
    if suffix == ".xml":
        text = re.sub(r"<!--.*?-->", _blank, text, flags=re.DOTALL)
        return PRIVILEGE.sub(_blank, text)
    if suffix == ".py":
        return re.sub(r"(?m)^(\s*)#(?!.*removed-name:).*$", r"\1", text)
    if suffix == ".js":
        return re.sub(r"(?m)^\s*//.*$", "", text)
    return text


def find(text: str, suffix: str) -> Iterator[tuple[int, str]]:
    """Yield (line number, what to write instead) for each dead name in a file's text.

    A line whose comment says `removed-name: <reason>` is left alone: some
    names are dead on one model and alive on another.
    """
    for number, line in enumerate(prepared(text, suffix).splitlines(), 1):
        if SKIP_LINE.search(line):
            continue
        for removed in REMOVED:
            if suffix in removed.suffixes and (match := removed.pattern.search(line)):
                yield number, f"{match[0].strip()!r} is not for Odoo 19: write {removed.instead}"
