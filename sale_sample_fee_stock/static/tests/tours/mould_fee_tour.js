import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** The state that the status bar of the form shows. */
function reached(state) {
    return { trigger: `.o_form_view .o_statusbar_status button[data-value=${state}].o_arrow_button_current` };
}

tours.add("mould_fee_decided", {
    steps: () => [
        { content: "The salesperson reads why", trigger: "a.nav-link[name=fee]", run: "click" },
        { trigger: ".o_field_widget[name=fee_explanation]:contains(the customer pays 50 %)" },
        { trigger: "button[name=action_confirm_fee]", run: "click" },
        { content: "and charges the customer's part", trigger: "button[name=action_charge_fee]", run: "click" },
        { trigger: ".o_field_widget[name=order_line] .o_data_row:contains(4,000.00)" },
        { trigger: "button[name=action_confirm]:visible", run: "click" },
        reached("sale"),
    ],
});

tours.add("mould_fee_counted", {
    steps: () => [
        { content: "Deliveries count from now on", trigger: "button[name=action_start]:visible", run: "click" },
        reached("running"),
    ],
});

tours.add("mould_fee_refused_unpaid", {
    steps: () => [
        { content: "R&D may not send it yet", trigger: "button[name=action_open_send]:visible", run: "click" },
        { trigger: ".modal:contains(cannot be sent before the customer has paid)" },
        { trigger: ".modal .modal-footer button", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

tours.add("mould_fee_paid", {
    steps: () => [
        { content: "The accountant invoices the order", trigger: "button#create_invoice:visible", run: "click" },
        { trigger: ".modal button#create_invoice_open", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=move_type], .o_form_view button[name=action_post]:visible" },
        { trigger: "button[name=action_post]:visible", run: "click" },
        { content: "and books the payment", trigger: "button[name=action_register_payment]:visible", run: "click" },
        { trigger: ".modal button[name=action_create_payments]:visible", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_form_view .ribbon:contains(Paid)" },
    ],
});

tours.add("mould_fee_sent", {
    steps: () => [
        { content: "Now it may travel", trigger: "button[name=action_open_send]:visible", run: "click" },
        { trigger: ".modal .o_field_widget[name=tracking_ref] input", run: "edit SF1234567890" },
        { trigger: ".modal button[name=action_send]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        reached("sent"),
    ],
});

tours.add("mould_fee_delivered", {
    steps: () => [
        { content: "The warehouse delivers bulk goods", trigger: "button[name=button_validate]:visible", run: "click" },
        reached("done"),
    ],
});

tours.add("mould_fee_refunded", {
    steps: () => [
        { content: "Finance sees the threshold reached", trigger: ".o_notebook .nav-link:contains(Refunds)", run: "click" },
        {
            content: "and opens the credit note that waits",
            trigger: ".oe_stat_button[name=action_view_credit_notes]",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=invoice_line_ids] .o_data_row:contains(4,000.00)" },
        { trigger: "button[name=action_post]:visible", run: "click" },
        reached("posted"),
    ],
});
