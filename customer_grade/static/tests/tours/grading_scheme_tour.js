import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const menu = (name) => `[data-menu-xmlid="${name}"]`;

registry.category("web_tour.tours").add("customer_grade_scheme_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("sales_department_base.sales_department_menu_root", "Open the app"),
        {
            content: "Open the configuration menu",
            trigger: menu("sales_department_base.sales_department_menu_configuration"),
            run: "click",
        },
        {
            content: "Open the schemes",
            trigger: menu("customer_grade.customer_grading_scheme_menu"),
            run: "click",
        },
        {
            trigger: ".o_breadcrumb:contains(Grading Schemes)",
        },
        {
            content: "Start from the values proposed",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] :is(input, textarea)",
            run: "edit Tour Scheme",
        },
        {
            content: "Open the revenue criterion",
            trigger: ".o_field_widget[name=criterion_ids] .o_data_cell[name=metric]:contains(Revenue)",
            run: "click",
        },
        {
            content: "Its weight is half of the score; make it more",
            trigger: ".modal .o_field_widget[name=weight] input",
            run: "edit 75",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "75 of 125 points of weight",
            trigger: "body:not(:has(.modal)) .o_data_row:contains(Revenue) .o_data_cell[name=weight_share]:contains(60%)",
        },
        {
            trigger: "button[name=action_activate]",
            run: "click",
        },
        {
            content: "The scheme is in force",
            trigger: ".o_statusbar_status button[data-value=active].o_arrow_button_current",
        },
        {
            content: "From now on the rules are fixed: there is nothing to add a criterion with",
            trigger: ".o_field_widget[name=criterion_ids]:not(:has(.o_field_x2many_list_row_add))",
        },
    ],
});
