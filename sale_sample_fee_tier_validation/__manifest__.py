{
    "name": "Sample Requests: Approval in Tiers",
    "summary": "Exceptions from the sample fee policy are approved in several tiers",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Department Contributors",
    "license": "AGPL-3",
    "depends": ["base_tier_validation", "sale_sample_fee"],
    "data": ["security/tier_review_security.xml", "security/comment_wizard_security.xml"],
    "auto_install": True,
}
