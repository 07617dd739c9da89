"""What every call and answer is made of."""
from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Call:
    """A question to the broker; `answer` is the type of what comes back. Errors of the four families travel as such."""

    answer: ClassVar[type]
    patience: ClassVar[float] = 90.0  # seconds: most calls have the broker ask somebody else


@dataclass(frozen=True, slots=True)
class Done:
    """It was done; there is nothing to tell."""
