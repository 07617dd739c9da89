"""Whether a recorded change is under way in this thread of control.

`audit.recording` sets it, the broker's client reads it and refuses: no network and no other process is ever
waited for while a transaction is open.
"""
from __future__ import annotations

from contextvars import ContextVar

is_open: ContextVar[bool] = ContextVar("a_recorded_change_is_open", default=False)
