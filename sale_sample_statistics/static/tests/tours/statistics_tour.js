import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sale_sample_statistics", {
    steps: () => [
        {
            content: "Counts of the month",
            trigger: ".o_pivot table:contains(Requested)",
        },
        {
            content: "The same as a list",
            trigger: "button.o_switch_view.o_list",
            run: "click",
        },
        {
            content: "A row opens its request",
            trigger: ".o_data_row:contains(Runner 26) td[name=event]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=style_name]",
        },
    ],
});
