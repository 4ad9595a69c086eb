import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_grade_prospect", {
    steps: () => [
        {
            content: "Compute the review of prospects",
            trigger: ".o_form_statusbar button[name=action_compute]:contains(Compute)",
            run: "click",
        },
        {
            content: "The button says what was graded",
            trigger: ".oe_stat_button:contains(Prospects)",
        },
        {
            content: "Look at them from the matrix",
            trigger: ".o_grade_migration_matrix td button:contains(1)",
            run: "click",
        },
        {
            content: "The list shows leads and what is expected",
            trigger: ".o_list_view .o_data_row td[name=lead_id]:contains(Tour Lead)",
        },
        {
            trigger: ".o_list_view th:contains(Expected Revenue)",
        },
        {
            content: "Back to the review",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            trigger: ".o_form_statusbar button[name=action_accept_all]",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_form_statusbar button[name=action_decide]",
            run: "click",
        },
        {
            trigger: ".o_form_statusbar button[name=action_apply]",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "Applied",
            trigger: ".o_arrow_button_current:contains(Applied)",
        },
        {
            content: "Go to the pipeline",
            trigger: ".o_form_view",
            run: "goToUrl /odoo/crm",
            expectUnloadPage: true,
        },
        {
            content: "The card in the pipeline shows the grade",
            trigger: ".o_kanban_record:contains(Tour Lead) .o_field_widget[name=customer_grade_id]:contains(A)",
        },
        {
            content: "Open the opportunity",
            trigger: ".o_kanban_record:contains(Tour Lead)",
            run: "click",
        },
        {
            trigger: ".nav-link[name=prospect]",
            run: "click",
        },
        {
            content: "It says which traits are met",
            trigger: ".o_prospect_traits tr:contains(Large):contains(met)",
        },
        {
            content: "And leads to the history",
            trigger: ".oe_stat_button[name=action_view_customer_grade_history]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row td[name=grade_id]:contains(A)",
        },
    ],
});
