"""The recovery kit: the wrapping key split in three, of which any two give it back. Plain Python.

The pieces are lists of words as SLIP-39 defines them (SatoshiLabs), so that they can be printed, typed in again and checked:
a wrong word is noticed. One piece alone says nothing about the key.
"""
from __future__ import annotations

from collections.abc import Sequence

import shamir_mnemonic

from countersign.access.vault.wrapping import KEY_BYTES

NEEDED, PIECES = 2, 3
WORDS = 33  # in each piece of a key of 32 bytes


def split(raw: bytes) -> list[str]:
    """Three pieces of a key, each a line of words; two of them are needed."""
    if len(raw) != KEY_BYTES:
        raise ValueError(f"A wrapping key has {KEY_BYTES} bytes.")
    return list(shamir_mnemonic.generate_mnemonics(1, [(NEEDED, PIECES)], raw)[0])


def joined(pieces: Sequence[str]) -> bytes:
    """The key of two pieces of one kit. ValueError, in words for whoever typed them, when they do not give one."""
    tidy = [" ".join(piece.lower().split()) for piece in pieces]
    if len(set(tidy)) < NEEDED:
        raise ValueError(f"It takes {NEEDED} different pieces.")
    try:
        raw = bytes(shamir_mnemonic.combine_mnemonics(tidy))
    except shamir_mnemonic.MnemonicError as error:
        raise ValueError(f"These pieces do not fit: {error}") from error
    if len(raw) != KEY_BYTES:
        raise ValueError("These pieces are of something else.")
    return raw


def require_piece(text: str) -> str:
    """A piece as it was typed, tidied. ValueError when a word is wrong or one is missing."""
    tidy = " ".join(text.lower().split())
    try:
        shamir_mnemonic.Share.from_mnemonic(tidy)
    except shamir_mnemonic.MnemonicError as error:
        raise ValueError(f"This is no piece of a kit: {error}") from error
    return tidy
