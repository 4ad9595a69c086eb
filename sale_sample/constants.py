"""Names that several files share, here and in the addons that extend samples."""

SALES_GROUP = "sales_team.group_sale_salesman"
SALES_ALL_GROUP = "sales_team.group_sale_salesman_all_leads"
SALES_MANAGER_GROUP = "sales_team.group_sale_manager"
#: R&D, and sales managers in its place.
RND_GROUPS = f"sales_department_base.group_collaborator_rnd,{SALES_MANAGER_GROUP}"
#: Who has something to do with requests.
READER_GROUPS = (
    f"{SALES_GROUP},sales_department_base.group_collaborator_rnd,sales_department_base.group_collaborator_quality,"
    "sales_department_base.group_collaborator_finance,sales_department_base.group_policy_admin"
)

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
