import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What a cell opens: the customers of the review the matrix belongs to. */
const REVIEW = {
    model: "customer.grade.assessment",
    link: "review_id",
    before: "previous_grade_id",
    after: "grade_id",
};

/**
 * From which grade to which grade customers move, with their number and revenue.
 * The value comes from customer.grade (_get_migration_matrix), which documents its
 * shape. Each cell opens its customers; a value with `opens` says where they are, and
 * with `moved_only` that those who stay cannot be opened.
 */
export class GradeMigrationMatrix extends Component {
    static template = "customer_grade.GradeMigrationMatrix";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get value() {
        return this.props.record.data[this.props.name] || { grades: [], cells: {} };
    }

    get noGrade() {
        return { id: 0, name: _t("No grade"), color: 0 };
    }

    /** Grades before: also "no grade", where customers come from nowhere. */
    get rows() {
        const ungraded = Object.keys(this.value.cells).some((key) => key.startsWith("0,"));
        return ungraded ? [...this.value.grades, this.noGrade] : this.value.grades;
    }

    get columns() {
        return this.value.ungraded_after ? [...this.value.grades, this.noGrade] : this.value.grades;
    }

    cell(from, to) {
        return this.value.cells[`${from.id},${to.id}`];
    }

    total(from, to) {
        const total = { count: 0, revenue: 0 };
        for (const [key, cell] of Object.entries(this.value.cells)) {
            const [before, after] = key.split(",").map(Number);
            if ((!from || before === from.id) && (!to || after === to.id)) {
                total.count += cell.count;
                total.revenue += cell.revenue;
            }
        }
        return total;
    }

    /** Better above the diagonal (green), worse below (red), unchanged on it. */
    cellClass(rowIndex, columnIndex, from, to) {
        if (from.id === to.id) {
            return "o_grade_same";
        }
        if (!from.id || !to.id || from.unrated || to.unrated) {
            return "o_grade_new";
        }
        return columnIndex < rowIndex ? "o_grade_up" : "o_grade_down";
    }

    money(amount) {
        return formatMonetary(amount, {
            currencyId: this.value.currency_id,
            digits: [16, 0],
        });
    }

    get opens() {
        return this.value.opens || REVIEW;
    }

    canOpen(from, to) {
        return !this.opens.moved_only || (from && to && from.id !== to.id);
    }

    open(from, to) {
        if (!this.canOpen(from, to)) {
            return;
        }
        const { model, link, before, after, moved_only, context } = this.opens;
        const domain = [[link, "=", this.props.record.resId]];
        if (from) {
            domain.push([before, "=", from.id || false]);
        }
        if (to) {
            domain.push([after, "=", to.id || false]);
        }
        const views = moved_only ? ["list"] : ["list", "kanban", "form"];
        this.action.doAction({
            type: "ir.actions.act_window",
            name: this.title(from, to),
            res_model: model,
            views: views.map((view) => [false, view]),
            domain,
            context: context || {},
        });
    }

    title(from, to) {
        if (from && to) {
            return _t("%(from)s → %(to)s", { from: from.name, to: to.name });
        }
        return from ? _t("From %s", from.name) : to ? _t("To %s", to.name) : this.opens.title || _t("All customers");
    }
}

export const gradeMigrationMatrix = {
    component: GradeMigrationMatrix,
    displayName: _t("Grade migration matrix"),
    supportedTypes: ["json"],
};

registry.category("fields").add("grade_migration_matrix", gradeMigrationMatrix);
