"""Typed messages between our processes: plain values, no pickles."""
