"""Persons, sign-in, passkeys and sessions (A1); the facts of locks."""
