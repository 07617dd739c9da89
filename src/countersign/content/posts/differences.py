"""What changed between two wordings, word by word, as people can read it. Plain Python."""
from __future__ import annotations

import re
from difflib import SequenceMatcher

_ISLAND = 3  # letters: so few unchanged ones between two changes are shown as part of the change


def between(old: str, new: str) -> list[tuple[str, str]]:
    """Runs of `same`, `del` and `ins` words; neighbouring changes are merged, blanks at their edges stay outside."""
    out = list[tuple[str, str]]()
    for kind, removed, added in _merged(old, new):
        if kind == "same":
            out.append(("same", removed))
            continue
        out += [(k, text) for k, text in (("del", removed.strip()), ("ins", added.strip())) if text]
        whole = added or removed
        if tail := whole[len(whole.rstrip()) :]:
            out.append(("same", tail))
    return out


def _merged(old: str, new: str) -> list[tuple[str, str, str]]:
    a, b = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    steps = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    runs = list[tuple[str, str, str]]()
    for place, (step, a1, a2, b1, b2) in enumerate(steps):
        removed, added = "".join(a[a1:a2]), "".join(b[b1:b2])
        is_island = 0 < place < len(steps) - 1 and len(removed.strip()) <= _ISLAND
        kind = "same" if step == "equal" and not is_island else "change"
        if runs and runs[-1][0] == kind == "change":
            runs[-1] = (kind, runs[-1][1] + removed, runs[-1][2] + added)
        else:
            runs.append((kind, removed, added))
    return runs
