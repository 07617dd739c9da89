"""A countersignature: a second person's passkey over a digest (A9), and the roster of who may give one."""
