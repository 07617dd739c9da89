"""The Merkle tree, against an implementation that others wrote (`aics-tlog`)."""
from __future__ import annotations

import aics_tlog
import pytest

from countersign.audit import tree
from countersign.base.errors import Invalid

LEAVES = [f"event {number}".encode() for number in range(1100)]
HASHES = [tree.leaf_hash(leaf) for leaf in LEAVES]
OTHERS = aics_tlog.MerkleTree(LEAVES)


def test_the_root_of_the_empty_log_is_that_of_rfc_6962():
    assert tree.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", [*range(70), 127, 128, 129, 255, 256, 257, 1000, 1023, 1024, 1025, 1100])
def test_the_root_is_the_one_that_others_compute(size):
    assert tree.root(HASHES[:size]) == OTHERS.root(size)


def test_a_log_that_grows_has_the_right_root_at_every_size():
    edge = tree.CompactRange()
    for size, head in enumerate(HASHES, start=1):
        edge.extend([head])
        assert edge.root() == OTHERS.root(size)


def test_the_edge_of_the_tree_survives_being_stored():
    edge = tree.CompactRange()
    edge.extend(HASHES[:77])
    again = tree.CompactRange.unpack(edge.size, edge.pack())
    again.extend(HASHES[77:300])
    assert again.root() == OTHERS.root(300)


def test_an_edge_of_the_wrong_length_is_a_fault():
    with pytest.raises(ValueError, match="cannot be the frontier"):
        tree.CompactRange.unpack(3, bytes(32))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 21, 64, 65])
def test_inclusion_proofs_are_those_of_others_and_hold(size):
    for index in range(size):
        proof = tree.inclusion_proof(HASHES[:size], index)
        assert proof == OTHERS.inclusion_proof(index, size)
        tree.require_inclusion(HASHES[index], index, size, proof, OTHERS.root(size))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 21, 33])
def test_consistency_proofs_are_those_of_others_and_hold(size):
    for old in range(size + 1):
        proof = tree.consistency_proof(HASHES[:size], old)
        assert proof == OTHERS.consistency_proof(old, size)
        tree.require_consistency(old, size, OTHERS.root(old), OTHERS.root(size), proof)
        assert aics_tlog.verify_consistency(old, size, OTHERS.root(old), OTHERS.root(size), proof)


def test_an_inclusion_proof_for_another_place_is_refused():
    proof = tree.inclusion_proof(HASHES[:21], 5)
    for index in set(range(-1, 23)) - {5}:
        with pytest.raises(Invalid):
            tree.require_inclusion(HASHES[5], index, 21, proof, OTHERS.root(21))


def test_a_changed_shortened_or_lengthened_proof_is_refused():
    proof = tree.inclusion_proof(HASHES[:21], 5)
    for wrong in ([bytes(32), *proof[1:]], proof[:-1], [*proof, bytes(32)], proof[::-1]):
        with pytest.raises(Invalid):
            tree.require_inclusion(HASHES[5], 5, 21, wrong, OTHERS.root(21))


def test_a_rewritten_log_is_not_consistent_with_the_old_one():
    rewritten = [tree.leaf_hash(b"another history"), *HASHES[1:21]]
    for old in range(1, 21):
        proof = tree.consistency_proof(rewritten, old)
        with pytest.raises(Invalid):
            tree.require_consistency(old, 21, OTHERS.root(old), tree.root(rewritten), proof)


def test_a_changed_or_misplaced_consistency_proof_is_refused():
    proof = tree.consistency_proof(HASHES[:21], 6)
    for wrong in ([bytes(32), *proof[1:]], proof[:-1], [*proof, bytes(32)], [], [part[:31] for part in proof]):
        with pytest.raises(Invalid):
            tree.require_consistency(6, 21, OTHERS.root(6), OTHERS.root(21), wrong)
    with pytest.raises(Invalid):
        tree.require_consistency(21, 6, OTHERS.root(21), OTHERS.root(6), proof)


def test_the_empty_log_is_the_beginning_of_every_log_but_only_with_its_own_root():
    tree.require_consistency(0, 21, tree.EMPTY_ROOT, OTHERS.root(21), [])
    with pytest.raises(Invalid):
        tree.require_consistency(0, 21, bytes(32), OTHERS.root(21), [])
    with pytest.raises(Invalid):
        tree.require_consistency(0, 0, bytes(32), bytes(32), [])


def test_there_is_no_proof_beyond_the_end():
    with pytest.raises(IndexError):
        tree.inclusion_proof(HASHES[:3], 3)
    with pytest.raises(IndexError):
        tree.consistency_proof(HASHES[:3], 4)
