"""Names that several files share, here and in the addons that extend samples."""

from odoo.addons.sales_department_base.constants import (
    FINANCE_GROUP,
    POLICY_GROUP,
    QUALITY_GROUP,
    RND_GROUP,
    SALES_GROUP,
    SALES_MANAGER_GROUP,
)

#: R&D, and sales managers in its place.
RND_GROUPS = f"{RND_GROUP},{SALES_MANAGER_GROUP}"
#: Who has something to do with requests.
READER_GROUPS = f"{SALES_GROUP},{RND_GROUP},{QUALITY_GROUP},{FINANCE_GROUP},{POLICY_GROUP}"

#: States of a request: sales works on it; it waits between the departments; it goes on; it has ended.
SALES_STATES = ("draft", "returned")
WAITING_STATES = ("submitted", "returned")
OPEN_STATES = ("draft", "submitted", "returned", "accepted")
CLOSED_STATES = ("approved", "rejected", "cancelled")

#: States of a round: with R&D; it goes on; it has reached the customer; it is over.
ROUND_RND_STATES = ("planned", "making", "made")
ROUND_OPEN_STATES = (*ROUND_RND_STATES, "sent")
ROUND_AT_CUSTOMER = ("sent", "answered")
ROUND_CLOSED_STATES = ("answered", "cancelled")

#: States of a revision of the specification in which it is not decided.
REVISION_OPEN_STATES = ("draft", "proposed")
