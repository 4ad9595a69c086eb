from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.sizes import SYSTEMS, convert, size_label, size_problem, size_range

#: Most pairs of one size: a sample, not an order.
MOST_PAIRS = 5000


class SaleSampleSizeLine(models.Model):
    """Pairs asked for in one size, shown in all size systems."""

    _name = "sale.sample.size.line"
    _description = "Sample Size"
    _inherit = ["sale.sample.requirement.mixin"]
    _order = "request_id, size, id"
    _rec_name = "size"

    request_id = fields.Many2one("sale.sample.request", required=True, index=True, ondelete="cascade")
    size = fields.Float(digits=(6, 1), min_display_digits=0, required=True, aggregator=None)
    pairs = fields.Integer(required=True, default=1)
    size_cn = fields.Char("CN", compute="_compute_sizes")
    size_eu = fields.Char("EU", compute="_compute_sizes")
    size_uk = fields.Char("UK", compute="_compute_sizes")
    size_us_men = fields.Char("US Men", compute="_compute_sizes")
    size_us_women = fields.Char("US Women", compute="_compute_sizes")

    _size_uniq = models.UniqueIndex(
        "(request_id, COALESCE(revision_id, 0), size)", "This size is already on the request."
    )
    _pairs_sensible = models.Constraint(
        f"CHECK(pairs > 0 AND pairs <= {MOST_PAIRS})",
        "The number of pairs of a size must be above 0, and that of a sample, not of an order.",
    )

    @api.depends("size", "request_id.size_system", "revision_id.request_id.size_system")
    def _compute_sizes(self):
        for line in self:
            system = line._get_request().size_system
            child = system in ("uk_child", "us_child")
            for name in ("cn", "eu", "uk", "us_men", "us_women"):
                target = {"uk": "uk_child", "us_men": "us_child"}.get(name, name) if child else name
                line[f"size_{name}"] = line._size_in(target) if system else False

    def _get_request(self) -> models.Model:
        """Return the request of one line, also while it is typed into the form of a revision."""
        return self.request_id or self.revision_id.request_id

    def _prepare_copy(self) -> dict:
        """Return the values of this one line for another revision."""
        return {"size": self.size, "pairs": self.pairs}

    def _size_in(self, target: str) -> str:
        """Return the size of one line as it is written in another system; "–" where that has none."""
        self.ensure_one()
        size = convert(self.size, self._get_request().size_system, target)
        return size_label(size) if size_problem(target, size) is None else "–"

    @api.constrains("size", "request_id")
    def _check_size(self):
        self._check_sizes()

    def _check_sizes(self) -> None:
        """Refuse sizes that the system of the request does not have.

        :raises ValidationError: naming the size and what the system has
        """
        for line in self:
            request = line.request_id
            problem = size_problem(request.size_system, line.size)
            if problem:
                smallest, largest = size_range(request.size_system)
                systems = dict(request._fields["size_system"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "%(request)s: there is no size %(size)s in %(system)s. Sizes go from %(smallest)s to "
                        "%(largest)s in steps of %(step)s.",
                        request=request.display_name,
                        size=size_label(line.size),
                        system=systems[request.size_system],
                        smallest=size_label(smallest),
                        largest=size_label(largest),
                        step=size_label(SYSTEMS[request.size_system].step),
                    )
                )
