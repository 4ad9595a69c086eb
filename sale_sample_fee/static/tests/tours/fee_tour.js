import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sale_sample_fee", {
    steps: () => [
        { content: "The card says who pays, and why", trigger: "a.nav-link[name=fee]", run: "click" },
        { trigger: ".o_field_widget[name=fee_explanation]:contains(the customer pays 50 %)" },
        { trigger: "button[name=action_confirm_fee]", run: "click" },
        { content: "The customer's part is charged", trigger: "button[name=action_charge_fee]", run: "click" },
        { trigger: ".o_field_widget[name=order_line] .o_data_row:contains(4,000.00)" },
        { trigger: "button[name=action_confirm]:visible", run: "click" },
        { trigger: ".o_statusbar_status button[data-value=sale].o_arrow_button_current" },
    ],
});
