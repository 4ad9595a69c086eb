from collections.abc import Callable, Mapping
from datetime import date

from odoo import api, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.model
    def _sales_ask(
        self,
        kind: str,
        whom: Mapping[models.Model, models.Model],
        summary: Callable[[models.Model], str],
        *,
        note: Callable[[models.Model], str] | None = None,
        deadline: Callable[[models.Model], date] | None = None,
        once: bool = False,
        notify: bool = False,
    ) -> models.Model:
        """Give people a task on a document each, in their own language; all by one insert.

        ::

            self.env["mail.activity"]._sales_ask(
                "mail.mail_activity_data_todo",
                {fee: fee.user_id for fee in overdue},
                lambda fee: fee.env._("Collect the fee of %s", fee.name),
            )

        :param kind: external id of the activity type. Where somebody has deleted it, nobody is asked
        :param whom: document → `res.users`; documents without an active user are passed over
        :param summary: takes one document in the language of its user, and returns what to do
        :param note: the same, for the text below
        :param deadline: takes one document; by default today, by the clock of the document's company
        :param once: who has this task of the document open already, in the same words, does not get another
        :param notify: tell people by Odoo's message, too; a job that asks about many documents would flood them
        :return: the new activities
        """
        activity_type = self.env.ref(kind, raise_if_not_found=False)
        asked = [(document, user) for document, user in whom.items() if user.active]
        if not activity_type or not asked:
            return self.browse()
        models_ = self.env["ir.model"]
        values = []
        for document, user in asked:
            read = document.with_context(lang=user.lang)
            values.append({
                "activity_type_id": activity_type.id,
                "automated": True,
                "res_model_id": models_._get_id(document._name),
                "res_id": document.id,
                "user_id": user.id,
                "date_deadline": deadline(document) if deadline else self._sales_ask_today(document),
                "summary": summary(read),
                "note": note(read) if note else False,
            })
        tasks = self.sudo()  # sudo: for people of other departments, on documents of all salespeople
        if once:
            keys = ("res_model_id", "res_id", "user_id", "summary")
            open_tasks = tasks.search([
                ("activity_type_id", "=", activity_type.id),
                ("res_model_id", "in", [task["res_model_id"] for task in values]),
                ("res_id", "in", [task["res_id"] for task in values]),
            ])
            known = {(task.res_model_id.id, task.res_id, task.user_id.id, task.summary) for task in open_tasks}
            values = [task for task in values if tuple(task[key] for key in keys) not in known]
        return tasks.with_context(mail_activity_quick_update=not notify).create(values).with_env(self.env)

    @api.model
    def _sales_ask_today(self, document: models.Model) -> date:
        """Return today by the clock of the document's company."""
        company = document.sudo().company_id if "company_id" in document._fields else None  # sudo: the clock only
        return (company or self.env.company)._sales_today()
