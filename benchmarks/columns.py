"""Columns of the staging tables and of Odoo's tables they are written to."""

from odoo.tools import SQL

# (name, type) of the columns of the staging tables; the ids are the final ones.
STAGES = {
    "bench_partner": (
        ("id", SQL("integer")),
        ("ref", SQL("text")),
        ("name", SQL("text")),
        ("country_id", SQL("integer")),
        ("parent_id", SQL("integer")),
        ("parent_name", SQL("text")),
    ),
    "bench_product": (
        ("id", SQL("integer")),
        ("template_id", SQL("integer")),
        ("code", SQL("text")),
        ("name", SQL("text")),
        ("price", SQL("numeric")),
        ("cost", SQL("numeric")),
    ),
    "bench_order": (
        ("id", SQL("integer")),
        ("name", SQL("text")),
        ("partner_id", SQL("integer")),
        ("ordered_at", SQL("timestamp")),
    ),
    "bench_line": (
        ("id", SQL("integer")),
        ("order_id", SQL("integer")),
        ("partner_id", SQL("integer")),
        ("sequence", SQL("integer")),
        ("product_id", SQL("integer")),
        ("label", SQL("text")),
        ("quantity", SQL("numeric")),
        ("price", SQL("numeric")),
        ("cost", SQL("numeric")),
    ),
}

# What differs from the prototype, by column. `s` is the staged row, `p` the
# prototype. A column that the installed addons do not have is passed over.
PARTNER_COLUMNS = {
    "id": SQL("s.id"),
    "ref": SQL("s.ref"),
    "name": SQL("s.name"),
    "complete_name": SQL("CONCAT_WS(', ', s.parent_name, s.name)"),
    "country_id": SQL("s.country_id"),
    "parent_id": SQL("s.parent_id"),
    "commercial_partner_id": SQL("COALESCE(s.parent_id, s.id)"),
    "commercial_company_name": SQL("COALESCE(s.parent_name, s.name)"),
    "customer_rank": SQL("1"),
}
TEMPLATE_COLUMNS = {
    "id": SQL("s.template_id"),
    "name": SQL("jsonb_build_object('en_US', s.name)"),
    "default_code": SQL("s.code"),
    "list_price": SQL("s.price"),
}
PRODUCT_COLUMNS = {"id": SQL("s.id"), "product_tmpl_id": SQL("s.template_id"), "default_code": SQL("s.code")}
ORDER_COLUMNS = {
    "id": SQL("s.id"),
    "name": SQL("s.name"),
    "client_order_ref": SQL("s.name"),
    "partner_id": SQL("s.partner_id"),
    "partner_invoice_id": SQL("s.partner_id"),
    "partner_shipping_id": SQL("s.partner_id"),
    "date_order": SQL("s.ordered_at"),
    "create_date": SQL("s.ordered_at"),
    "amount_untaxed": SQL("s.amount"),
    "amount_tax": SQL("0"),
    "amount_total": SQL("s.amount"),
    "margin": SQL("s.margin"),
    "margin_percent": SQL("COALESCE(s.margin / NULLIF(s.amount, 0), 0)"),
    "access_token": SQL("NULL"),
}
LINE_COLUMNS = {
    "id": SQL("s.id"),
    "order_id": SQL("s.order_id"),
    "sequence": SQL("s.sequence"),
    "order_partner_id": SQL("s.partner_id"),
    "product_id": SQL("s.product_id"),
    "name": SQL("s.label"),
    "product_uom_qty": SQL("s.quantity"),
    "price_unit": SQL("s.price"),
    "technical_price_unit": SQL("s.price"),
    "discount": SQL("0"),
    "price_subtotal": SQL("s.amount"),
    "price_tax": SQL("0"),
    "price_total": SQL("s.amount"),
    "price_reduce_taxexcl": SQL("ROUND(s.amount / s.quantity, 2)"),
    "price_reduce_taxinc": SQL("ROUND(s.amount / s.quantity, 2)"),
    "qty_to_invoice": SQL("s.quantity"),
    "untaxed_amount_to_invoice": SQL("s.amount"),
    "purchase_price": SQL("s.cost"),
    "margin": SQL("s.margin"),
    "margin_percent": SQL("COALESCE(s.margin / NULLIF(s.amount, 0), 0)"),
}
