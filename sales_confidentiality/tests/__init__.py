from . import (
    test_access,
    test_contact,
    test_cost,
    test_export,
    test_export_http,
    test_settings,
    test_team,
    test_team_rules,
    test_use,
    test_views,
)
