"""Releasing more posts in the same minute than the networks take, against the shortest time their limits allow.

The practice network takes LIMIT requests a minute and account, in fixed minutes. COUNT posts over three accounts are due at
the same moment, three times what a minute takes. The shortest time is until the last minute that is needed begins, and then
what is left at the network's own rate. Takes two to three minutes.
"""
from __future__ import annotations

import os
import sys
import time

from bench._brewery import approve, bare, brewery, published
from countersign.content.posts.crew import SHARE

COUNT = int(os.environ.get("COUNT", "600"))
HANDLES = ("delinde", "delinde_cafe", "delinde_jobs")
MINUTE = 60.0


def main() -> int:
    """Print the time it took, the shortest possible, and how many requests the network refused."""
    with brewery(rate_limit=1_000_000) as house:
        alone = bare(house, 200, SHARE)
        approve(house, [house.connect(house.actor("Kim"), handle) for handle in HANDLES], COUNT)
        each = -(-COUNT // len(HANDLES))
        limit = int(os.environ.get("LIMIT", "0")) or max(1, each * 2 // 5)
        house.network.control(rate_limit=limit)
        time.sleep(MINUTE - time.time() % MINUTE + 1)  # a minute in which nothing was used yet
        begun = time.time()
        while published() < COUNT and time.time() - begun < 20 * MINUTE:
            house.release()
            time.sleep(0.2)
        took, done = time.time() - begun, published()
        refused = house.network.arrived("refused")
    full, rest = divmod(each - 1, limit)
    until = 0.0 if not full else full * MINUTE - begun % MINUTE
    best = until + (rest + 1) * len(HANDLES) / alone
    print(f"{done} of {COUNT} released in {took:.1f} s, {limit} a minute and account; the shortest possible is {best:.1f} s")
    print(f"the network refused {refused} requests on the way, {refused / COUNT:.2f} a post")
    print(f"took / shortest possible: {took / best:.3f}")
    return 0 if done == COUNT else 1


if __name__ == "__main__":
    sys.exit(main())
