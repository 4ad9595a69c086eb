"""What `bench_review` measures of customer files, inside `odoo shell`: all files at once, rolled back afterwards."""

import json
import resource
import time
from pathlib import Path

from odoo.tools import SQL

from benchmarks.file_limits import STEPS

FIELDS = {
    "vat": 0,
    "phone": 12,
    "website": 0,
    "category_id": 0,
    "child_ids": 0,
    "city": 24,
    "image_1920": 0,
    "email": 6,
}
"""Fields a complete file needs, and after how many months each has to be confirmed again (0: never)."""


def measure_files(env, result: str) -> None:
    """Compute the files of all customers; write the measurement to the file ``result``, roll back.

    Measured are the first computation, one that finds nothing to change, and one after half
    of the customers changed. Each is what the nightly job does.
    """
    get = env["ir.model.fields"]._get
    env["customer.file.requirement"].create([
        {"field_id": get("res.partner", name).id, "confirm_months": months} for name, months in FIELDS.items()
    ])
    env.flush_all()
    gaps = env["customer.file.gap"]
    env.cr.execute(SQL("DELETE FROM customer_file_gap"))
    env.cr.execute(SQL("UPDATE res_partner SET customer_file_kind = NULL, customer_file_percent = NULL"))
    env.cr.execute(SQL("ANALYZE res_partner"))
    seconds = {}
    for step in STEPS:
        if step == "half changed":
            env.cr.execute(SQL("UPDATE res_partner SET vat = 'X', city = NULL WHERE id %% 2 = 0"))
        started = time.monotonic()
        gaps._refresh()
        seconds[step] = time.monotonic() - started
    env.cr.execute(SQL("SELECT COUNT(*) FROM customer_file_gap"))
    [count] = env.cr.fetchone()
    env.cr.execute(SQL("SELECT COUNT(*) FROM res_partner WHERE customer_file_kind IS NOT NULL"))
    [files] = env.cr.fetchone()
    env.cr.rollback()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    Path(result).write_text(
        json.dumps({"seconds": seconds, "files": files, "gaps": count, "memory": memory}), encoding="utf-8"
    )
