"""Releasing posts that are due in the same minute, against the practice network's own rate, in one run.

The network's own rate: the same requests by its connector, with no claim, no signature, no journal and no log, from as many
threads, before and after. COUNT posts (1,000 by default) to one account without a limit; the disk is waited for, as always.

Network, broker, worker and this bench share the machine's cores, so the network's own rate is out of reach: whatever the
broker and the worker compute is missing there. The processor time of each says how much that is, and what these cores would
give if nothing ever waited.
"""
from __future__ import annotations

import os
import sys
from time import perf_counter

from bench._brewery import approve, bare, brewery, processor_time, published
from countersign.content.posts.crew import SHARE

COUNT = int(os.environ.get("COUNT", "1000"))


def main() -> int:
    """Print the rates, their ratio, and where the processor's time went."""
    with brewery(rate_limit=1_000_000) as house:
        approve(house, [house.connect(house.actor("Kim"))], COUNT)
        pids = {"network": house.network.pid, "broker": house.broker.process.pid, "worker": os.getpid()}  # type: ignore[union-attr]
        before, alone = _used(pids), bare(house, max(100, COUNT // 4), SHARE)
        bare_cost = _cost(before, _used(pids), max(100, COUNT // 4))
        begun, before = perf_counter(), _used(pids)
        house.release()
        ours = COUNT / (perf_counter() - begun)
        cost = _cost(before, _used(pids), COUNT)
        alone = (alone + bare(house, max(100, COUNT // 4), SHARE)) / 2
        done, cores = published(), len(os.sched_getaffinity(0))
    print(f"{done} of {COUNT} released at {ours:.0f} a second; the network alone takes {alone:.0f} a second from {SHARE} threads")
    print("processor time a post: " + ", ".join(f"{name} {each * 1000:.2f} ms" for name, each in cost.items()))
    print(f"the bare request: network {bare_cost['network'] * 1000:.2f} ms, its client {bare_cost['worker'] * 1000:.2f} ms")
    busiest = max(*cost.values(), sum(cost.values()) / cores)
    print(f"{cores} cores could give {1 / busiest:.0f} a second at that; released / that: {ours * busiest:.2f}")
    print(f"released / network's own rate: {ours / alone:.2f}")
    return 0 if done == COUNT else 1


def _used(pids: dict[str, int]) -> dict[str, float]:
    return {name: processor_time(pid) for name, pid in pids.items()}


def _cost(before: dict[str, float], after: dict[str, float], count: int) -> dict[str, float]:
    return {name: (after[name] - before[name]) / count for name in before}


if __name__ == "__main__":
    sys.exit(main())
