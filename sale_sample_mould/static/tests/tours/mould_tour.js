import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sale_sample_mould", {
    steps: () => [
        { trigger: ".o_statusbar_status button[data-value=quoted].o_arrow_button_current" },
        { trigger: "button[name=action_open]:visible", run: "click" },
        { trigger: ".o_statusbar_status button[data-value=opened].o_arrow_button_current" },
        { trigger: "button[name=action_trial]:visible", run: "click" },
        { trigger: ".o_field_widget[name=trial_label]:contains(T0)" },
        { trigger: "button[name=action_release]:visible", run: "click" },
        { trigger: ".o_statusbar_status button[data-value=released].o_arrow_button_current" },
    ],
});
