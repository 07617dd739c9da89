"""The Merkle tree over the log, as in RFC 6962: hashes, root, and the two proofs.

Plain Python. A tree of `n` leaves splits at the largest power of two below `n`. Appending needs the roots of the perfect
subtrees alone (at most 64 hashes), which is what `CompactRange` keeps.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from countersign.base.errors import Invalid
from countersign.base.words import _

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

_NOT_INCLUDED = _("This proof does not show that the entry is in the log.")
_NOT_CONSISTENT = _("This proof does not show that the newer log continues the older one.")


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two others."""
    return sha256(b"\1" + left + right).digest()


@dataclass(slots=True)
class CompactRange:
    """All that must be remembered of a tree to let it grow: its size and the roots of its perfect subtrees.

    `peaks` run from the largest subtree to the smallest, one for each bit set in `size`.
    """

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> CompactRange:
        """Read what `pack` wrote. Raises ValueError when the hashes are not those of a tree of this size."""
        if len(packed) != HASH_BYTES * size.bit_count():
            raise ValueError(f"{len(packed)} bytes cannot be the frontier of a tree of {size}.")
        return cls(size, [packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES)])

    def pack(self) -> bytes:
        """The peaks, one after the other."""
        return b"".join(self.peaks)

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Append leaves, given as their hashes: whole blocks at a time, for verifying spends its time here."""
        heads, at = list(leaf_hashes), 0
        while at < len(heads):
            block = _block(self.size, len(heads) - at)
            self._push(_perfect_root(heads[at : at + block]), block)
            at += block

    def _push(self, head: bytes, block: int) -> None:
        self.size += block
        carry = self.size // block
        while not carry & 1:
            head = node_hash(self.peaks.pop(), head)
            carry >>= 1
        self.peaks.append(head)

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self.peaks:
            return EMPTY_ROOT
        head = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            head = node_hash(peak, head)
        return head


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over these leaves."""
    whole = CompactRange()
    whole.extend(leaf_hashes)
    return whole.root()


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from leaf `index` (from 0) to the root, lowest first (RFC 6962, 2.1.1)."""
    if not 0 <= index < len(leaf_hashes):
        raise IndexError(f"There is no leaf {index} in a tree of {len(leaf_hashes)}.")
    if len(leaf_hashes) == 1:
        return []
    split = _split(len(leaf_hashes))
    left, right = leaf_hashes[:split], leaf_hashes[split:]
    if index < split:
        return [*inclusion_proof(left, index), root(right)]
    return [*inclusion_proof(right, index - split), root(left)]


def consistency_proof(leaf_hashes: Sequence[bytes], old: int) -> list[bytes]:
    """The hashes that show that the tree of the first `old` leaves is the beginning of this one (RFC 6962, 2.1.2)."""
    if not 0 <= old <= len(leaf_hashes):
        raise IndexError(f"A tree of {len(leaf_hashes)} has no beginning of {old}.")
    return _subproof(leaf_hashes, old, is_whole=True) if old else []


def require_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> None:
    """Raise Invalid unless the proof leads from this leaf hash to the expected root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise Invalid(_NOT_INCLUDED)
    here, last, head = index, size - 1, leaf
    for sibling in proof:
        if not last:
            raise Invalid(_NOT_INCLUDED)
        if here & 1 or here == last:
            head = node_hash(sibling, head)
            here, last = _climb(here, last)
        else:
            head = node_hash(head, sibling)
        here, last = here >> 1, last >> 1
    if last or head != expected:
        raise Invalid(_NOT_INCLUDED)


def require_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise Invalid unless the proof shows that the older tree is the beginning of the newer (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new or any(len(part) != HASH_BYTES for part in proof):
        raise Invalid(_NOT_CONSISTENT)
    if old in (0, new):
        fits = old_root == (new_root if old == new else EMPTY_ROOT) and (new or new_root == EMPTY_ROOT)
        if proof or not fits:
            raise Invalid(_NOT_CONSISTENT)
        return
    if _both_roots(old, new, old_root, proof) != (old_root, new_root):
        raise Invalid(_NOT_CONSISTENT)


def _both_roots(old: int, new: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    if not path:
        raise Invalid(_NOT_CONSISTENT)
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    older = newer = path[0]
    for part in path[1:]:
        if not last:
            raise Invalid(_NOT_CONSISTENT)
        if here & 1 or here == last:
            older, newer = node_hash(part, older), node_hash(part, newer)
            here, last = _climb(here, last)
        else:
            newer = node_hash(newer, part)
        here, last = here >> 1, last >> 1
    if last:
        raise Invalid(_NOT_CONSISTENT)
    return older, newer


def _climb(here: int, last: int) -> tuple[int, int]:
    while here and not here & 1:
        here, last = here >> 1, last >> 1
    return here, last


def _subproof(leaf_hashes: Sequence[bytes], old: int, *, is_whole: bool) -> list[bytes]:
    if old == len(leaf_hashes):
        return [] if is_whole else [root(leaf_hashes)]
    split = _split(len(leaf_hashes))
    left, right = leaf_hashes[:split], leaf_hashes[split:]
    if old <= split:
        return [*_subproof(left, old, is_whole=is_whole), root(right)]
    return [*_subproof(right, old - split, is_whole=False), root(left)]


def _block(size: int, more: int) -> int:
    """How many of `more` leaves fill a perfect subtree next to `size` others; at most 256, to keep lists short."""
    fitting = min(1 << (more.bit_length() - 1), 256)
    return min(fitting, size & -size) if size else fitting


def _perfect_root(heads: list[bytes]) -> bytes:
    while len(heads) > 1:
        heads = [sha256(b"\1" + left + right).digest() for left, right in zip(heads[::2], heads[1::2], strict=True)]
    return heads[0]


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)
