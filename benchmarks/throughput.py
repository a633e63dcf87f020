"""How fast? Offspring a second on `repair` and on a toy domain, and whether the rate lasts.

python benchmarks/throughput.py [--workers 2] [--repair 200] [--toy 5000]
"""

import argparse
import time

import hyperagent as ha
from hyperagent.domains import load_domain

TOY = "def solve(task, tools):\n    result = task\n    return result\n"


def main() -> None:
    """Print the rates."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repair", type=int, default=200)
    parser.add_argument("--toy", type=int, default=5000)
    options = parser.parse_args()
    times = arrivals(load_domain("repair", {}), options.repair, options.workers)
    print(f"repair: {rate(times):.1f} offspring/s over {options.repair}, {options.workers} workers")
    times = arrivals(toy(), options.toy, options.workers)
    quarter = len(times) // 4
    first, last = rate(times[:quarter]), rate(times[-quarter:])
    print(f"toy:    {rate(times):.1f} offspring/s over {options.toy}, {options.workers} workers")
    print(f"        first quarter {first:.1f}, last quarter {last:.1f}, ratio {last / first:.2f}")


def toy() -> ha.Domain:
    """Three tasks whose call takes microseconds."""
    tasks = [ha.Task(name, input=k, target=k * k) for k, name in enumerate(("a", "b", "c"))]
    return ha.Domain("toy", tasks, lambda task, answer: float(answer == task.target), seed=TOY)


def arrivals(domain: ha.Domain, generations: int, workers: int) -> list[float]:
    """When each individual was in the archive, in seconds; the seed first."""
    return [time.monotonic() for _ in ha.evolve(domain, generations=generations, workers=workers)]


def rate(times: list[float]) -> float:
    """Individuals a second."""
    return (len(times) - 1) / (times[-1] - times[0])


if __name__ == "__main__":
    main()
