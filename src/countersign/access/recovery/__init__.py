"""Recovery: by which address, phone and people an account can be had back, and what arrives there.

The advice: *password reset goes to a company address, not a private one.* Each contact is recorded and judged; the role
mailbox is watched; a mail of a network that no entry of our ledger explains is an unexplained event; a drill proves where
the mail really goes.
"""
