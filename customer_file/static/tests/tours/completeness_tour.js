import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("customer_file_completeness", {
    steps: () => [
        {
            content: "Open the file of the customer",
            trigger: ".o_notebook .nav-link:contains(Customer File)",
            run: "click",
        },
        {
            content: "It lacks the website",
            trigger: ".o_field_widget[name=customer_file_current_gap_ids] tr:contains(Website Link):contains(Missing)",
        },
        {
            content: "The telephone is still right",
            trigger:
                ".o_field_widget[name=customer_file_current_gap_ids] tr:contains(Phone) button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=customer_file_current_gap_ids]:not(:contains(Phone))",
        },
        {
            content: "One of two fields of the same weight",
            trigger: ".o_notebook .o_field_widget[name=customer_file_percent]:contains(50)",
        },
        {
            content: "Add the website",
            trigger: ".o_field_widget[name=website] input",
            run: "edit https://www.example.com",
        },
        ...stepUtils.saveForm(),
        {
            trigger: ".o_notebook .o_field_widget[name=customer_file_percent]:contains(100)",
        },
        {
            content: "Close the file",
            trigger: ".o_notebook button:contains(Close)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason_id] input",
            run: "edit competitor",
        },
        {
            trigger: ".ui-autocomplete > li > a:contains(Changed to a competitor)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_apply]:visible",
            run: "click",
        },
        {
            content: "The file is closed, and nothing is asked of it any more",
            trigger: ".o_field_widget[name=customer_file_state]:contains(Closed)",
        },
        {
            trigger: ".o_form_view:not(:has(.o_notebook .o_field_widget[name=customer_file_percent]))",
        },
    ],
});
