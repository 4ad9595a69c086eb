from . import controllers, models, reports
from .hooks import post_init_hook, uninstall_hook
