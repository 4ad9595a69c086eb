from . import base_partner_merge, customer_register_change
