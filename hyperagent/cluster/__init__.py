"""Jails on other machines: what a pool of workers is on one, a Ray cluster is on many.

`head` is the host's side, `node` what Ray runs on the machines, `parcel` what goes there. The archive, the models and
their key stay with the host; a machine is sent sources, arguments and limits, and sends outcomes back.

The jail of a call is that of its machine, so every machine needs what `hyperagent doctor` asks for. Not guarded: the
cluster itself. Whoever may speak to it may run what he likes on its machines, so it belongs on a network of its own.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hyperagent.errors import UsageError
from sandbox_runner import Preload

if TYPE_CHECKING:
    from hyperagent.cluster.head import Cluster


def cluster(address: str, preloads: Mapping[str, Preload], sandbox: str) -> "Cluster":
    """The jails of the Ray cluster at an address; UsageError where Ray is not installed."""
    try:
        from hyperagent.cluster.head import Cluster
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise UsageError("a cluster needs Ray, which is not installed: pip install 'hyperagent[ray]'") from None
    return Cluster(address, preloads, sandbox)
