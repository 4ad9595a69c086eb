import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sale_sample_revision_propose", {
    steps: () => [
        {
            content: "The customer wants another hardness",
            trigger: ".o_form_statusbar button[name=action_change_specification]",
            run: "click",
        },
        {
            content: "What is asked for now is filled in",
            trigger: ".o_field_widget[name=property_line_ids] tr:contains(Hardness T) td[name=target]",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=target] input",
            run: "edit 60",
        },
        {
            trigger: ".o_field_widget[name=reason] textarea",
            run: "edit Too stiff in the wear test",
        },
        {
            content: "What changes is told in words",
            trigger: ".o_field_widget[name=changes]:contains(65 −3 / +2 → 60 −3 / +2 Shore A)",
        },
        {
            trigger: "button[name=action_propose]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button[data-value=proposed].o_arrow_button_current",
        },
    ],
});

registry.category("web_tour.tours").add("sale_sample_revision_confirm", {
    steps: () => [
        {
            content: "R&D finds the change on the request",
            trigger: ".alert:contains(waits for R&D) button[name=action_open_revision]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=changes]:contains(65 −3 / +2 → 60 −3 / +2 Shore A)",
        },
        {
            trigger: ".o_field_widget[name=promised_on] button, .o_field_widget[name=promised_on] input",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=promised_on] input",
            run: "edit 12/28/2099 && press Tab",
        },
        {
            trigger: "button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button[data-value=confirmed].o_arrow_button_current",
        },
        {
            content: "Back on the request: the new one holds",
            trigger: ".breadcrumb-item a:contains(Runner 26)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=revision_number]:contains(2)",
        },
        {
            trigger: ".o_notebook .nav-link:contains(Revisions)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=revision_ids] tr:contains(Confirmed):contains(Too stiff in the wear test)",
        },
        {
            content: "The next round is made to it",
            trigger: "button[name=action_open_current_round]",
            run: "click",
        },
        {
            trigger: "button[name=action_start]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button[data-value=making].o_arrow_button_current",
        },
        {
            trigger: ".o_field_widget[name=measurement_ids] tr:contains(60 −3 / +2 Shore A) td[name=value]",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=value] input",
            run: "edit 61",
        },
        {
            content: "It passes; it is made",
            trigger: "button[name=action_made]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button[data-value=made].o_arrow_button_current",
        },
        {
            trigger: ".o_field_widget[name=measurement_ids] tr:contains(Hardness T):contains(Pass)",
        },
    ],
});
