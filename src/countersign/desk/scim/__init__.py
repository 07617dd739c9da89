"""Changing what must be changed when somebody leaves (A3), told by the company's directory: SCIM 2.0, for everyone.

The directory says who works here and in which groups. Whom it makes is invited; whom it takes away departs; its groups are
roles as far as officers mapped them. It makes no officer, puts nobody on the roster, enrols no device and deletes no row.
"""
