"""A prospect profile for the tests."""

from odoo.fields import Command

from odoo.addons.customer_grade.tests.common_prospect import ProspectCase


class ProfileCase(ProspectCase):
    """A profile of three traits."""

    @classmethod
    def _profile(cls, activate=True, company=None, traits=None, **values):
        """Create a profile: shoes 50, over 500 people 30, Vietnam 20."""
        profile = cls.env["crm.prospect.profile"].create({
            "name": "Good prospect",
            "company_id": (company or cls.company).id,
            "user_id": cls.manager.id,
            "trait_ids": [
                Command.create(trait)
                for trait in traits
                or (
                    {"name": "Shoes", "kind": "industry", "weight": 50, "industry_ids": [Command.set(cls.shoes.ids)]},
                    {"name": "Large", "kind": "size", "weight": 30, "minimum": 500},
                    {"name": "Vietnam", "kind": "region", "weight": 20, "country_ids": [Command.set(cls.vietnam.ids)]},
                )
            ],
            **values,
        })
        if activate:
            profile.action_activate()
        return profile
