"""Access for each individual, not one password for everyone (A2): accounts, roles, rights, invitations and the gate."""
