"""The practice network, spoken to over HTTP like any other."""
