"""Names that several files share, here and in the addons that extend fees."""

from odoo.addons.sales_department_base.constants import (
    BILLING_GROUP,
    BILLS_READER_GROUP,
    FINANCE_GROUP,
    POLICY_GROUP,
    QUALITY_GROUP,
    RND_GROUP,
    SALES_ALL_GROUP,
    SALES_GROUP,
    SALES_MANAGER_GROUP,
)

#: Who sees fees. R&D does not.
FEE_GROUPS = f"{SALES_GROUP},{FINANCE_GROUP},{POLICY_GROUP}"
#: Who sees what samples cost: R&D and quality, too, whose own figures they are; not the customer.
COST_GROUPS = f"{FEE_GROUPS},{RND_GROUP},{QUALITY_GROUP}"
#: Who sees refund agreements, their ledger and their refunds.
REFUND_GROUPS = f"{SALES_GROUP},{FINANCE_GROUP}"
#: Who tries the fee policy on anybody's cases, and knows what is left in anybody's budget.
TESTER_GROUPS = f"{SALES_ALL_GROUP},{POLICY_GROUP},{FINANCE_GROUP}"
#: Who books pairs and refunds by hand.
BOOKER_GROUPS = f"{SALES_MANAGER_GROUP},{FINANCE_GROUP}"
#: Who meets moulds on bills.
BILL_GROUPS = f"{BILLING_GROUP},{BILLS_READER_GROUP},{SALES_GROUP},{FINANCE_GROUP},{RND_GROUP}"

ACTIVITY_APPROVE = "sale_sample_fee.mail_activity_type_fee_approve"
ACTIVITY_COLLECT = "sale_sample_fee.mail_activity_type_fee_collect"
ACTIVITY_REFUND = "sale_sample_fee.mail_activity_type_refund"

CHARGES = [("free", "Free"), ("shared", "Shared"), ("full", "Full")]
CUSTOMER_KINDS = [("customer", "Customer"), ("prospect", "Prospect")]

#: States of a request whose fee can be worked out.
HANDED_OVER_STATES = ("submitted", "returned", "accepted")
#: States of a fee decision: it counts; it is decided, so its figures stay as they are.
LIVE_STATES = ("proposed", "to_approve", "approved")
DECIDED_STATES = ("to_approve", "approved")
#: Payment states of a decision of which something is still to be paid.
UNPAID_STATES = ("to_order", "unpaid", "partial")
#: States of an agreement in which deliveries and returns are booked: also after the refund, so that returns show.
COUNTING_STATES = ("running", "done", "expired")
#: Where an agreement, or one of its steps, stands.
STANDINGS = [
    ("open", "On the Way"),
    ("near", "Near the Threshold"),
    ("reached", "Threshold Reached"),
    ("drafted", "Refund Drafted"),
    ("granted", "Refunded"),
    ("fallen", "Refunded, Returned Later"),
    ("missed", "Deadline Missed"),
]
#: What became of a refund: its credit note as it stands.
REFUND_STATES = [
    ("to_make", "Credit Note to Make"),
    ("drafted", "Drafted"),
    ("posted", "Posted"),
    ("cancelled", "Cancelled"),
    ("taken_back", "Taken Back"),
]
#: States in which a refund counts, so that its step is not refunded again.
LIVE_REFUND_STATES = ("to_make", "drafted", "posted")
