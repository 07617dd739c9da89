"""How many of the planted things were found, and how often something was found where nothing is."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.inspection.texts.battery import KINDS, Plant, Post

type Found = tuple[str, int, int]  # a kind, from where, to where
COVERED, COVERED_OF_A_SENTENCE = 0.8, 0.4  # the share of a plant that a finding must cover
SECRETS = {"password", "key"}  # one called the other is found all the same


@dataclass
class Score:
    """For each kind: plants, plants found, and findings where nothing was planted, with the texts they stood in."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    posts: int = 0
    missed_in: list[tuple[str, str]] = field(default_factory=list)
    false_in: list[tuple[str, str]] = field(default_factory=list)

    def recall(self, kind: str) -> float:
        return self.found[kind] / max(1, self.planted[kind])

    def precision(self, kind: str) -> float:
        return self.found[kind] / max(1, self.found[kind] + self.false[kind])

    def false_a_hundred(self, kind: str | None = None) -> float:
        return 100 * (self.false.total() if kind is None else self.false[kind]) / max(1, self.posts)

    def rows(self) -> Iterable[str]:
        for kind in KINDS:
            yield f"{kind:13} {self.found[kind]:4} of {self.planted[kind]:4}  recall {self.recall(kind):5.3f}  precision {self.precision(kind):5.3f}  false {self.false[kind]:3}"
        everything = self.found.total() / max(1, self.planted.total())
        yield f"{'all':13} {self.found.total():4} of {self.planted.total():4}  recall {everything:5.3f}  {self.false_a_hundred():.2f} false findings a hundred posts ({self.posts})"


def score(posts: Sequence[Post], find: Callable[[str], Sequence[Found]]) -> Score:
    """Hold what is found in each post against what was planted there."""
    result = Score(posts=len(posts))
    for post in posts:
        found = find(post.text)
        for plant in post.plants:
            result.planted[plant.kind] += 1
            hit = any(_covers(one, plant, post.text) for one in found)
            result.found[plant.kind] += hit
            if not hit:
                result.missed_in.append((plant.kind, post.text))
        for one in found:
            if not any(_same(one[0], plant.kind) and one[1] < plant.end and plant.start < one[2] for plant in post.plants):
                result.false[one[0]] += 1
                result.false_in.append((one[0], post.text))
    return result


def _same(kind: str, other: str) -> bool:
    return kind == other or {kind, other} <= SECRETS


def _covers(found: Found, plant: Plant, text: str) -> bool:
    kind, start, end = found
    shared = min(end, plant.end) - max(start, plant.start)
    needed = COVERED_OF_A_SENTENCE if plant.kind == "whereabouts" else COVERED
    return _same(kind, plant.kind) and shared >= needed * (plant.end - plant.start) and end - start <= 3 * (plant.end - plant.start)
