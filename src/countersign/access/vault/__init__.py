"""Secrets sealed and used, never shown (A2)."""
