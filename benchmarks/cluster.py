"""What a call costs over ZeroMQ and over Ray, and over the bare queue of each, in one run.

    pip install 'hyperagent[ray]'
    python benchmarks/cluster.py [--workers 2] [--calls 600] [--address local] [--turns 3]

A call adds one to a number, in a jail, and loads `--bytes` of modules with it, as a task agent does. "head" is what the
host's own processor has to do for a call, so that one host can serve no more of them. The least of some turns is told,
since whatever else runs only makes them slower.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import ray

from hyperagent.cluster.head import Cluster
from sandbox_runner import Call, Module, Pool, Preload

PRELOADS = {"bare": Preload()}
PATIENCE = 60.0


@dataclass(frozen=True)
class Cost:
    """Of one call, in milliseconds: of the host's processor, of time when many are under way, of time when alone."""

    head: float
    many: float
    alone: float


def main() -> None:
    """Print a row for each way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--calls", type=int, default=600)
    parser.add_argument("--bytes", type=int, default=10_000)
    parser.add_argument("--address", default="local")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    if options.address == "local":
        ray.init(num_cpus=options.workers, include_dashboard=False, log_to_driver=False, logging_level="error")
    ways: dict[str, Callable[[], Cost]] = {
        "ZeroMQ, jailed": lambda: of_pool(options.workers, options.calls, options.bytes),
        "Ray, jailed": lambda: of_cluster(options.address, options.calls, options.bytes),
        "Ray, an empty task": lambda: of_ray(options.calls),
    }
    costs = {name: best([way() for _ in range(options.turns)]) for name, way in ways.items()}
    print(f"| a call, {options.workers} workers | head, ms | many under way, ms | alone, ms | calls/s a head can do |")
    print("|---|---|---|---|---|")
    for name, cost in costs.items():
        print(f"| {name} | {cost.head:.2f} | {cost.many:.2f} | {cost.alone:.2f} | {1000 / cost.head:.0f} |")


def best(costs: list[Cost]) -> Cost:
    """The least of each."""
    return Cost(min(c.head for c in costs), min(c.many for c in costs), min(c.alone for c in costs))


def of_pool(workers: int, calls: int, size: int) -> Cost:
    """Over ZeroMQ, in jails."""
    with Pool(workers, PRELOADS) as pool:
        return measured(pool, calls, size)


def of_cluster(address: str, calls: int, size: int) -> Cost:
    """Over Ray, in jails."""
    with Cluster(address, PRELOADS) as cluster:
        return measured(cluster, calls, size)


def measured(jails: Pool | Cluster, calls: int, size: int) -> Cost:
    """What calls cost once every worker has had some."""
    run(jails, 40, size)
    began, spent = time.monotonic(), time.process_time()
    run(jails, calls, size)
    many, head = time.monotonic() - began, time.process_time() - spent
    began = time.monotonic()
    for _ in range(50):
        run(jails, 1, size)
    return Cost(1000 * head / calls, 1000 * many / calls, 1000 * (time.monotonic() - began) / 50)


def run(jails: Pool | Cluster, calls: int, size: int) -> None:
    """Make so many calls, with a genome of its own for every tenth, and wait for them."""
    for number in range(calls):
        source = f"def run(api, x): return x + 1\n#{number // 10}{'#' * size}"
        jails.submit(Call("main:run", {"main": Module(source)}, arguments=(number,)))
    left = calls
    while left:
        ended = jails.wait(PATIENCE)
        assert ended, f"no call ended within {PATIENCE} s"
        left -= len(ended)


def nothing() -> None:
    """An empty task."""


def of_ray(calls: int) -> Cost:
    """Over Ray, without a jail, a pool or modules: what no use of Ray is faster than."""
    empty = ray.remote(num_cpus=1)(nothing)
    ray.get([empty.remote() for _ in range(40)])
    began, spent = time.monotonic(), time.process_time()
    ray.get([empty.remote() for _ in range(calls)])
    many, head = time.monotonic() - began, time.process_time() - spent
    began = time.monotonic()
    for _ in range(50):
        ray.get(empty.remote())
    return Cost(1000 * head / calls, 1000 * many / calls, 1000 * (time.monotonic() - began) / 50)


if __name__ == "__main__":
    main()
