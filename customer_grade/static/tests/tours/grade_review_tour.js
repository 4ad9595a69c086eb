import { registry } from "@web/core/registry";

const state = (value) => `.o_statusbar_status button[data-value=${value}].o_arrow_button_current`;

/** Open the customers that come from no grade and move to the grade in this column. */
const openCell = (column, customer) => [
    {
        content: `Open the cell of ${customer}`,
        trigger: `.o_grade_migration_matrix tbody tr:contains(No grade) td:eq(${column}) button`,
        run: "click",
    },
    {
        content: `Open ${customer}`,
        trigger: `.o_list_view .o_data_cell[name=partner_id]:contains(${customer})`,
        run: "click",
    },
    {
        content: "The points are explained",
        trigger: ".o_field_widget[name=explanation]:contains(Revenue)",
    },
];

/** Go back over the list of the cell to the review. */
const backToReview = () => [
    {
        trigger: ".o_form_view .o_field_widget[name=explanation]",
    },
    {
        trigger: ".o_back_button",
        run: "click",
    },
    {
        // Empty when the customer was moved to another grade.
        trigger: ".o_list_view",
    },
    {
        trigger: ".o_back_button",
        run: "click",
    },
    {
        trigger: ".o_grade_migration_matrix",
    },
];

const confirm = () => ({
    content: "Confirm",
    trigger: ".modal-footer .btn-primary",
    run: "click",
});

registry.category("web_tour.tours").add("customer_grade_review_tour", {
    url: "/odoo/grade-reviews",
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "The scheme in force is filled in; choose the last day that counts",
            trigger: ".o_field_widget[name=date] :is(input, button)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=date] input",
            run: "edit 06/30/2026 && press Tab",
        },
        {
            trigger: "button[name=action_compute]",
            run: "click",
        },
        {
            trigger: state("computed"),
        },
        ...openCell(0, "Tour Alpha"),
        {
            trigger: "button[name=action_accept]",
            run: "click",
        },
        {
            trigger: state("accepted"),
        },
        ...backToReview(),
        ...openCell(1, "Tour Beta"),
        {
            trigger: "button[name=action_override_wizard]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=grade_id] input",
            run: "edit A",
        },
        {
            trigger: ".ui-autocomplete > li > a:not(:has(i.fa)):contains(/^A$/)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Signed a yearly contract",
        },
        {
            trigger: ".modal button[name=action_override]",
            run: "click",
        },
        {
            trigger: state("overridden"),
        },
        ...backToReview(),
        {
            trigger: "button[name=action_accept_all]",
            run: "click",
        },
        confirm(),
        {
            content: "Nothing is left to decide",
            trigger: "button[name=action_decide]",
            run: "click",
        },
        {
            trigger: state("decided"),
        },
        {
            trigger: "button[name=action_apply]",
            run: "click",
        },
        confirm(),
        {
            trigger: state("applied"),
        },
        {
            trigger: ".oe_stat_button[name=action_view_assessments]:contains(Customers)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_cell[name=partner_id]:contains(Tour Beta)",
            run: "click",
        },
        {
            content: "Open the customer",
            trigger: ".o_form_view .o_field_widget[name=partner_id] a",
            run: "click",
        },
        {
            content: "The customer shows the overridden grade",
            trigger: ".o_form_view button[name=action_view_customer_grade_history] .o_tag:contains(/^A$/), .o_form_view button[name=action_view_customer_grade_history] .badge:contains(/^A$/)",
        },
        {
            trigger: "button[name=action_view_customer_grade_history]",
            run: "click",
        },
        {
            content: "The history knows why",
            trigger: ".o_list_view .o_data_row:contains(Signed a yearly contract)",
        },
    ],
});
