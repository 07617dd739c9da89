"""The practice network: its own process, database and host name; imports base alone."""
