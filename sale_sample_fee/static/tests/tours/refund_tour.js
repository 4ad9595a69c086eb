import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sale_sample_refund", {
    steps: () => [
        {
            content: "Begin to count",
            trigger: "button[name=action_start]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button[data-value=running].o_arrow_button_current",
        },
        {
            content: "Finance books what a paper note says",
            trigger: "button:contains(Book by Hand)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=pairs] input",
            run: "edit 1000",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Note 4711",
        },
        {
            trigger: ".modal button[name=action_book]",
            run: "click",
        },
        {
            content: "Half of the fee came back",
            trigger: "body:not(:has(.modal)) .o_notebook .nav-link:contains(Refunds)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=refund_ids] tr:contains(50 % after 1,000 pairs):contains(500)",
        },
        {
            trigger: ".o_notebook .nav-link:contains(Ledger)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=entry_ids] tr:contains(Note 4711)",
        },
    ],
});
