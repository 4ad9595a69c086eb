import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Choose a value of a many2one field by typing. */
function choose(field, text, scope = "") {
    return [
        { trigger: `${scope} .o_field_widget[name=${field}] input`, run: `edit ${text}` },
        { trigger: `.ui-autocomplete > li > a:contains(${text})`, run: "click" },
    ];
}

/** Open the dialog that a button opens, do something in it, and wait until it has closed. */
function dialog(button, steps, confirm) {
    return [
        { trigger: `.o_form_statusbar button[name=${button}]`, run: "click" },
        { trigger: ".modal .o_form_view" },
        ...steps,
        { trigger: `.modal-footer button[name=${confirm}]`, run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ];
}

registry.category("web_tour.tours").add("sale_sample_from_opportunity", {
    steps: () => [
        {
            content: "The salesperson asks for a sample from the opportunity",
            trigger: ".oe_stat_button[name=action_view_sample_requests]",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=style_name]" },
        {
            trigger: ".o_field_widget[name=style_name] input",
            run: "edit Runner 26",
        },
        ...choose("type_id", "Test Type"),
        ...choose("product_family_id", "Tour Soles"),
        {
            trigger: ".o_field_widget[name=needed_by] button, .o_field_widget[name=needed_by] input",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=needed_by] input",
            run: "edit 12/31/2099 && press Tab",
        },
        {
            content: "A property the sample must have",
            trigger: ".o_notebook .nav-link:contains(Physical Properties)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=property_line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        ...choose("property_id", "Hardness T", ".o_selected_row"),
        {
            trigger: ".o_selected_row .o_field_widget[name=target] input",
            run: "edit 65",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=tolerance_plus] input",
            run: "edit 3",
        },
        ...stepUtils.saveForm(),
        {
            content: "Everything is there: hand it over",
            trigger: "button[name=action_submit]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button[data-value=submitted].o_arrow_button_current",
        },
    ],
});

registry.category("web_tour.tours").add("sale_sample_answer_changes", {
    steps: () => [
        {
            content: "The salesperson opens the round the customer has",
            trigger: "button[name=action_open_current_round]",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=display_name]:contains(round 1)" },
        ...dialog(
            "action_open_answer",
            [
                {
                    content: "The customer wants the style changed",
                    trigger: ".modal .o_field_widget[name=line_ids] tr:contains(Style) td[name=opinion]",
                    run: "click",
                },
                {
                    trigger: ".modal .o_selected_row .o_field_widget[name=opinion] input",
                    run: "click",
                },
                {
                    trigger: ".o_select_menu_item:contains(Change)",
                    run: "click",
                },
                {
                    trigger: ".modal .o_selected_row .o_field_widget[name=comment] textarea",
                    run: "edit Toe too round",
                },
                {
                    content: "So the verdict is: changes",
                    trigger: ".modal .o_field_widget[name=comment] textarea[placeholder]",
                    run: "edit See the photos",
                },
                {
                    trigger: ".modal .o_field_widget[name=verdict] .o_radio_item:contains(Changes) input:checked",
                },
            ],
            "action_record"
        ),
        {
            content: "The round is answered, with the point it raised",
            trigger: ".o_statusbar_status button[data-value=answered].o_arrow_button_current",
        },
        { trigger: ".ribbon:contains(Changes)" },
        {
            content: "The request waits for round 2, which has to solve the point",
            trigger: ".breadcrumb-item a:contains(Runner 26)",
            run: "click",
        },
        {
            trigger: ".o_notebook .nav-link:contains(Rounds)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=round_ids] tr:contains(Planned)",
        },
        {
            trigger: ".o_field_widget[name=point_ids] tr:contains(Toe too round):contains(Unsolved)",
        },
    ],
});

registry.category("web_tour.tours").add("sale_sample_answer_approved", {
    steps: () => [
        {
            trigger: "button[name=action_open_current_round]",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=display_name]:contains(round 2)" },
        ...dialog(
            "action_open_answer",
            [
                {
                    content: "The old point is solved",
                    trigger: ".modal .o_field_widget[name=solved_point_ids] :contains(Toe too round)",
                },
                {
                    trigger: ".modal .o_field_widget[name=verdict] .o_radio_item:contains(Approved) input:checked",
                },
            ],
            "action_record"
        ),
        {
            trigger: ".o_statusbar_status button[data-value=answered].o_arrow_button_current",
        },
        {
            content: "Back to the request, which is approved",
            trigger: ".breadcrumb-item a:contains(Runner 26)",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button[data-value=approved].o_arrow_button_current",
        },
        {
            trigger: ".oe_stat_button:contains(Kept Samples):contains(3)",
        },
        {
            content: "Quote it: the sample becomes a product",
            trigger: "button[name=action_open_quote]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=product_name] input",
            run: "edit Tour Sole",
        },
        ...choose("category_id", "Tour Soles", ".modal"),
        {
            trigger: ".modal .o_field_widget[name=quantity] input",
            run: "edit 1200",
        },
        {
            trigger: ".modal-footer button[name=action_quote]",
            run: "click",
        },
        {
            content: "The quotation sells it",
            trigger: ".o_field_widget[name=order_line] tr:contains(Tour Sole):contains(1,200)",
        },
    ],
});

registry.category("web_tour.tours").add("sale_sample_rnd_day", {
    steps: () => [
        {
            content: "R&D takes what sales has handed over",
            trigger: ".o_data_row:contains(Runner 26) .o_data_cell",
            run: "click",
        },
        ...dialog(
            "action_open_accept",
            [
                {
                    trigger: ".modal .o_field_widget[name=note] textarea",
                    run: "edit The compound is there",
                },
            ],
            "action_accept"
        ),
        {
            content: "The first round is open",
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
            content: "Measure the hardness",
            trigger: ".o_field_widget[name=measurement_ids] tr:contains(Hardness T) td[name=value]",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=value] input",
            run: "edit 66",
        },
        ...stepUtils.saveForm(),
        {
            content: "It passes",
            trigger: ".o_field_widget[name=measurement_ids] tr:contains(Hardness T):contains(Pass)",
        },
        {
            trigger: "button[name=action_made]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button[data-value=made].o_arrow_button_current",
        },
        ...dialog(
            "action_open_send",
            [
                {
                    trigger: ".modal .o_field_widget[name=carrier] input",
                    run: "edit SF Express",
                },
                {
                    trigger: ".modal .o_field_widget[name=tracking_ref] input",
                    run: "edit SF123",
                },
            ],
            "action_send"
        ),
        {
            trigger: ".o_statusbar_status button[data-value=sent].o_arrow_button_current",
        },
        {
            content: "The pairs that stay go to their box",
            trigger: ".o_notebook .nav-link:contains(Kept Samples)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=kept_ids] tr:contains(Retained):contains(2)",
        },
    ],
});
