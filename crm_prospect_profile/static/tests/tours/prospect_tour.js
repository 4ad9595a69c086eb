import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_prospect_profile_lead", {
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
            content: "Open the answers and the fit to the profile",
            trigger: ".o_notebook button[name=action_view_prospect]",
            run: "click",
        },
        {
            content: "It says which traits are met",
            trigger: ".modal .o_prospect_traits tr:contains(Large) .fa-check",
        },
        {
            trigger: ".modal .o_prospect_traits tr:contains(Buys elsewhere) .fa-question",
        },
        {
            content: "Answer the question",
            trigger: ".modal .o_field_widget[name=prospect_answer_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_selected_row .o_field_widget[name=question_id] input",
            run: "edit from other makers",
        },
        {
            trigger: ".ui-autocomplete > li > a:contains(Buys from other makers?)",
            run: "click",
        },
        {
            content: "The question is chosen",
            trigger: ".modal .o_selected_row .o_field_widget[name=question_id] input:value(Buys from other makers?)",
        },
        {
            trigger: ".modal .o_selected_row .o_field_widget[name=answer] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Yes)",
            run: "click",
        },
        {
            content: "The answer is chosen",
            trigger: ".modal .o_selected_row .o_field_widget[name=answer] input:value(Yes)",
        },
        {
            content: "Compare again",
            trigger: ".modal-footer button[name=action_view_prospect]",
            run: "click",
        },
        {
            content: "The answer counts",
            trigger: ".modal .o_prospect_traits tr:contains(Buys elsewhere) .fa-check",
        },
        {
            content: "The dialog has been opened anew",
            trigger: ".modal-footer button[name=action_view_prospect]:enabled",
        },
        {
            content: "Add a product family, and close",
            trigger: ".modal .o_field_widget[name=prospect_family_ids] input",
            run: "edit Tour Outsoles",
        },
        {
            trigger: ".ui-autocomplete > li > a:contains(Tour Outsoles)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=prospect_family_ids] .o_tag:contains(Tour Outsoles)",
        },
        {
            trigger: ".modal-footer button[special=save]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "The button leads to the history",
            trigger: ".oe_stat_button[name=action_view_customer_grade_history]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row td[name=grade_id]:contains(A)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_prospect_profile_partner", {
    steps: () => [
        {
            trigger: ".o_notebook .nav-link[name=prospect]",
            run: "click",
        },
        {
            content: "State the size",
            trigger: ".o_field_widget[name=prospect_employees] input",
            run: "edit 600",
        },
        {
            content: "Comparing saves it first",
            trigger: ".o_notebook button[name=action_view_prospect]",
            run: "click",
        },
        {
            trigger: ".modal .o_prospect_traits tr:contains(Large) .fa-check",
        },
        {
            content: "Leave without a change",
            trigger: ".modal-footer button[special=cancel]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "See what the grade proposes",
            trigger: "button[name=action_view_customer_grade_terms]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=customer_grade_payment_term_id]:contains(Tour Terms)",
        },
        {
            content: "Adopt it",
            trigger: ".modal-footer button[name=action_adopt_customer_grade_terms]",
            run: "click",
        },
        {
            content: "The form behind knows: nothing is proposed any more",
            trigger: "body:not(:has(.modal)):not(:has(button[name=action_view_customer_grade_terms]))",
        },
    ],
});
