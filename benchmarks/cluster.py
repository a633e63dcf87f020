"""What a call costs over ZeroMQ and over Ray, and over the bare queue of each, in one run.

    pip install 'hyperagent[ray]'
    python benchmarks/cluster.py [--workers 2] [--calls 600] [--address local] [--turns 3]

A call adds one to a number, in a jail, and loads `--bytes` of modules with it, as a task agent does. "head" is what the
host has to do for a call in all its threads, "its thread" what the one does that does everything else as well: they
bound how many calls a host can serve. The least of some turns is told, since whatever else runs makes them slower.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass

import ray

from hyperagent.cluster.head import Cluster
from sandbox_runner import Call, Module, Pool, Preload

PRELOADS = {"bare": Preload()}
PATIENCE = 60.0


@dataclass(frozen=True)
class Cost:
    """Of one call, in milliseconds: of the processor, by the host's own thread and by all; of time, with many others
    under way and alone.
    """

    thread: float
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
    print(f"| a call, {options.workers} workers | its thread, ms | head, ms | many under way, ms | alone, ms |")
    print("|---|---|---|---|---|")
    for name, cost in costs.items():
        print(f"| {name} | {cost.thread:.2f} | {cost.head:.2f} | {cost.many:.2f} | {cost.alone:.2f} |")


def best(costs: list[Cost]) -> Cost:
    """The least of each."""
    return Cost(*(min(values) for values in zip(*map(astuple, costs), strict=True)))


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
    many, head, thread = timed(lambda: run(jails, calls, size))
    began = time.monotonic()
    for _ in range(50):
        run(jails, 1, size)
    return Cost(1000 * thread / calls, 1000 * head / calls, 1000 * many / calls, 1000 * (time.monotonic() - began) / 50)


def timed(work: Callable[[], object]) -> tuple[float, float, float]:
    """Seconds of the clock, of the processor, and of the processor in this thread."""
    began, spent, own = time.monotonic(), time.process_time(), time.thread_time()
    work()
    return time.monotonic() - began, time.process_time() - spent, time.thread_time() - own


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
    many, head, thread = timed(lambda: ray.get([empty.remote() for _ in range(calls)]))
    began = time.monotonic()
    for _ in range(50):
        ray.get(empty.remote())
    return Cost(1000 * thread / calls, 1000 * head / calls, 1000 * many / calls, 1000 * (time.monotonic() - began) / 50)


if __name__ == "__main__":
    main()
