"""External ids of the rights, and what they guard."""

EXPORT_GROUP = "sales_confidentiality.group_export"
COST_GROUP = "sales_confidentiality.group_cost"
CONTACT_GROUP = "sales_confidentiality.group_contact"

#: Who reads a field of contact data: portal users see themselves only, by Odoo's own rules.
CONTACT_GROUPS = f"{CONTACT_GROUP},base.group_portal,base.group_public"

#: Who reads that of users and companies, which would follow their contacts: nobody loses a colleague's number.
EVERYBODY = "base.group_user,base.group_portal,base.group_public"

#: Models of Odoo whose records are customers, leads and orders.
CUSTOMER_MODELS = frozenset({
    "res.partner",
    "crm.lead",
    "crm.activity.report",
    "sale.order",
    "sale.order.line",
    "sale.report",
    "account.invoice.report",
    "calendar.attendee",
    "mail.followers",
})

#: Models of which some records are about customers, others not: `_are_of_customers` says which.
MIXED_MODELS = frozenset({"account.move", "account.move.line", "account.payment", "res.users"})

#: Who reads one of these fields of a customer, or one of contact data, has opened it, not just seen its name.
CARD_FIELDS = frozenset({"street", "vat", "comment"})

#: Customers' invoices, credit notes and receipts.
CUSTOMER_MOVES = ("out_invoice", "out_refund", "out_receipt")
