"""Real and generated trade data for measuring the addons; not an Odoo addon."""
