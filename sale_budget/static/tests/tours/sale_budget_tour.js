import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const choose = (field, text) => [
    { trigger: `.o_field_widget[name=${field}] input`, run: `edit ${text}` },
    { trigger: `.ui-autocomplete > li > a:contains(${text})`, run: "click" },
];

registry.category("web_tour.tours").add("sale_budget_ask_tour", {
    url: "/odoo/spending-requests",
    steps: () => [
        { content: "Ask for money", trigger: ".o-kanban-button-new", run: "click" },
        { trigger: ".o_field_widget[name=subject] textarea", run: "edit Samples for the tour" },
        ...choose("purpose_id", "Samples"),
        { trigger: ".o_field_widget[name=estimate] input", run: "edit 600 && press Tab" },
        ...choose("partner_id", "Huafeng"),
        {
            content: "What is left shows before asking",
            trigger: ".o_field_widget[name=budget_available_amount]:contains(1,000.00)",
        },
        { trigger: "button[name=action_submit]", run: "click" },
        { trigger: ".o_statusbar_status button[data-value=submitted].o_arrow_button_current" },
    ],
});

registry.category("web_tour.tours").add("sale_budget_approve_tour", {
    url: "/odoo/spending-to-approve",
    steps: () => [
        { trigger: ".o_data_row .o_data_cell:contains(Samples for the tour)", run: "click" },
        { trigger: "button[name=action_approve]", run: "click" },
        { trigger: ".o_statusbar_status button[data-value=approved].o_arrow_button_current" },
        {
            content: "The money is reserved",
            trigger: ".o_field_widget[name=budget_committed_amount]:contains(600.00)",
        },
        { trigger: ".breadcrumb-item a:contains(Spending to Approve)", run: "click" },
        {
            content: "Another asks for more than is left",
            trigger: ".o_data_row .o_data_cell:contains(Too many samples)",
            run: "click",
        },
        { trigger: ".alert-warning:contains(does not cover)" },
        { trigger: "button[name=action_approve]", run: "click" },
        { content: "Refused, in words", trigger: ".modal-body:contains(not enough money in the budget)" },
        { trigger: ".modal-footer button:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "button[name=action_approve_over]", run: "click" },
        { trigger: ".modal .o_field_widget[name=reason] textarea", run: "edit The buyer decides this week" },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: ".o_statusbar_status button[data-value=approved].o_arrow_button_current" },
        {
            content: "The reason is kept",
            trigger: ".o-mail-Message:contains(The buyer decides this week)",
        },
    ],
});

registry.category("web_tour.tours").add("sale_budget_spend_tour", {
    url: "/odoo/spending-requests",
    steps: () => [
        { trigger: ".o_kanban_record:contains(Samples for the tour)", run: "click" },
        { trigger: "button[name=action_spend_wizard]", run: "click" },
        { trigger: ".modal .o_field_widget[name=amount] input", run: "edit 550" },
        { trigger: ".modal .o_field_widget[name=bill_follows] input[data-value=no]", run: "click" },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: ".o_statusbar_status button[data-value=done].o_arrow_button_current" },
        { trigger: "button[name=action_view_entries]:contains(550.00)", run: "click" },
        { content: "The ledger tells each step", trigger: ".o_list_view .o_data_row .o_data_cell:contains(Reserved)" },
        { trigger: ".o_list_view .o_data_row .o_data_cell:contains(No bill follows)" },
    ],
});

registry.category("web_tour.tours").add("sale_budget_plan_tour", {
    url: "/odoo/sales-budgets",
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=name] input", run: "edit Tour Budget" },
        { trigger: ".o_field_x2many_list_row_add button, .o_field_x2many_list_row_add a", run: "click" },
        ...choose("purpose_id", "Gifts"),
        { trigger: ".o_field_widget[name=line_ids] .o_field_widget[name=amount] input", run: "edit 800" },
        ...stepUtils.saveForm(),
        { trigger: "button[name=action_approve]", run: "click" },
        { trigger: ".o_statusbar_status button[data-value=approved].o_arrow_button_current" },
        { trigger: "button[name=action_amend].btn", run: "click" },
        { trigger: ".modal .o_field_widget[name=amount] input", run: "edit 200" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit Autumn fair" },
        { trigger: ".modal .o_form_button_save, .modal-footer button:contains(Save)", run: "click" },
        { trigger: ".o_field_widget[name=available_amount]:contains(1,000.00)" },
        { trigger: ".o_notebook .nav-link:contains(Amendments)", run: "click" },
        { trigger: ".o_field_widget[name=amendment_ids] .o_data_row:contains(Autumn fair)" },
        { content: "Approved by mistake", trigger: "button[name=action_draft]", run: "click" },
        { trigger: ".o_statusbar_status button[data-value=draft].o_arrow_button_current" },
        { trigger: ".o_field_widget[name=amendment_ids] .o_data_row:contains(Autumn fair)" },
        { trigger: "button[name=action_approve]", run: "click" },
        { trigger: ".o_statusbar_status button[data-value=approved].o_arrow_button_current" },
    ],
});
