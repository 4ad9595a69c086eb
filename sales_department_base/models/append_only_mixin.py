from typing import Any, ClassVar

from odoo import api, models
from odoo.exceptions import UserError

from ..records import get_names


class SalesDepartmentAppendOnlyMixin(models.AbstractModel):
    """Records that are added and stay as they are: ledgers, amendments, grants.

    A model inherits this mixin and says in :meth:`_append_only_refusal` what to do instead of changing a
    record. It holds for everybody, code that runs as superuser included; only the uninstallation of the
    addon deletes the rows.
    """

    _name = "sales.department.append.only.mixin"
    _description = "Records that Are Only Added"

    #: Fields that may change all the same: stored values that follow other records, links that are closed later.
    _append_only_except: ClassVar[frozenset[str]] = frozenset()

    def write(self, vals: dict[str, Any]) -> bool:
        """Write what follows other records; refuse the rest.

        :raises UserError: a value that stays is written
        """
        if self and vals.keys() - self._append_only_except:
            raise UserError(self._append_only_refusal())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self._append_only_refusal())

    def _append_only_refusal(self) -> str:
        """Return why these records stay as they are, and the way out. Each model defines it, naming a record."""
        return self.env._("These records are only added to: %s.", get_names(self, 3))
