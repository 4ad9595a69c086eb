import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_grade_salesperson_tour", {
    url: "/odoo/customers-by-grade",
    steps: () => [
        {
            content: "Customers are grouped by grade",
            trigger: ".o_list_view .o_group_header",
        },
        {
            content: "Look for one grade",
            trigger: ".o_searchview_input",
            run: "edit B",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Customer Grade)",
            run: "click",
        },
        {
            content: "The other grades are gone",
            trigger: ".o_list_view:has(.o_group_header:contains(B)):not(:has(.o_group_header:contains(A)))",
        },
        {
            content: "Groups stand open when there are few",
            trigger: ".o_list_view .o_data_cell:contains(Tour Beta)",
            run: "click",
        },
        {
            trigger: "button[name=action_view_customer_grade_history]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row .o_data_cell[name=date]",
            run: "click",
        },
        {
            content: "The explanation names criterion, figure and what is missing to the next grade",
            trigger: ".o_form_view .o_field_widget[name=explanation]:contains(Revenue)",
        },
        {
            content: "A salesperson decides nothing",
            trigger: ".o_form_view:not(:has(button[name=action_accept])):not(:has(button[name=action_override_wizard]))",
        },
    ],
});
