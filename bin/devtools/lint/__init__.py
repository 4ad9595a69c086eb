"""Static checks of the addons: `make lint`."""
