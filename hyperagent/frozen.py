"""The genome whose meta agent is frozen for a run, kept beside its records so that the run can be made again."""

import base64
import json

from hyperagent.errors import RunError
from hyperagent.honesty import Ledger
from meta import Genome

FROZEN = "frozen"


def keep_frozen(ledger: Ledger, frozen: Genome | None) -> None:
    """Keep the genome, or refuse to go on with another one's meta agent."""
    if frozen is None:
        return
    found = frozen_of(ledger)
    if found is None:
        files = {name: base64.b64encode(frozen.raw(name)).decode() for name in frozen}
        ledger.set(FROZEN, json.dumps(files))
    elif found.digest != frozen.digest:
        raise RunError(f"the run was begun with the frozen genome {found.digest[:12]}, found {frozen.digest[:12]}")


def frozen_of(ledger: Ledger) -> Genome | None:
    """The genome that was kept; None where nobody's meta agent is frozen."""
    kept = ledger.setting(FROZEN)
    if kept is None:
        return None
    return Genome({name: base64.b64decode(content) for name, content in json.loads(kept).items()})
