import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_grade_simulation", {
    steps: () => [
        {
            content: "Start from the scheme in force",
            trigger: "button[name=action_simulate]",
            run: "click",
        },
        {
            content: "Ask more of the best grade",
            trigger: ".o_field_widget[name=threshold_ids] tr.o_data_row:first td[name=minimum]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=threshold_ids] .o_field_widget[name=minimum] input",
            run: "edit 95",
        },
        {
            content: "Simulate",
            trigger: ".o_form_statusbar button[name=action_simulate]",
            run: "click",
        },
        {
            content: "One customer moves from A to B",
            trigger: ".o_field_widget[name=summary]:contains(1 of)",
        },
        {
            trigger: ".o_field_widget[name=line_ids] td:contains(Tour Big)",
        },
        {
            content: "The cell opens the customers that move",
            trigger: ".o_grade_migration_matrix td.o_grade_down button:enabled",
            run: "click",
        },
        {
            trigger: ".o_control_panel:contains(A → B)",
        },
        {
            trigger: ".o_action_manager > .o_list_view .o_data_row td:contains(Tour Big)",
        },
        {
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button",
            run: "click",
        },
        {
            content: "Save the numbers as a draft",
            trigger: "button[name=action_save_version]",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The draft is version 2",
            trigger: ".o_field_widget[name=version]:contains(2)",
        },
    ],
});
