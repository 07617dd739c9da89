"""The address guard: where this server may connect, and where never."""
