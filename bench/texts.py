"""What the words of a post give away: recall and false alarms a kind, on posts that no rule was tuned on.

The posts are drawn by `tests/inspection/texts/battery.py`, in four languages. "Read" is the same posts with every eighth digit or
letter mistaken that readers of pictures mistake. Run: python -m bench.texts [tuning]
"""
from __future__ import annotations

import random
import sys
import time

from countersign.inspection.texts.finding import findings
from countersign.inspection.texts.kinds import OwnList
from tests.inspection.texts import company
from tests.inspection.texts.battery import HELD_OUT, TUNING, Post, battery, misread
from tests.inspection.texts.scoring import Found, Score, score

OWN = OwnList(company.CUSTOMERS, company.PROJECTS, company.PEOPLE, company.PUBLISHED)


def scored(seed: int, *, from_picture: bool = False) -> Score:
    """What the rules find in the posts of a seed."""
    chance = random.Random(seed)
    posts = battery(seed)
    if from_picture:
        posts = [Post(post.language, misread(post.text, chance), post.plants, post.trap) for post in posts]

    def find(text: str) -> list[Found]:
        return [(str(one.kind), one.start, one.end) for one in findings(text, own=OWN, from_picture=from_picture)]

    return score(posts, find)


def main(seed: int) -> int:
    """Print the figures of typed and of misread posts."""
    for from_picture in (False, True):
        started = time.perf_counter()
        result = scored(seed, from_picture=from_picture)
        took = time.perf_counter() - started
        print("read from a picture, with mistakes" if from_picture else "typed", f"({1000 * took / result.posts:.2f} ms a post)")
        print("\n".join(f"  {row}" for row in result.rows()))
        if "-v" in sys.argv:
            print("\n".join(f"    missed {kind}: {text!r}" for kind, text in result.missed_in))
            print("\n".join(f"    false {kind}: {text!r}" for kind, text in result.false_in))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(TUNING if "tuning" in sys.argv else HELD_OUT))
