"""The practice network: a small social network where nothing is real, for training, demonstrations and tests.

It runs as its own process with its own database and origin, and speaks HTTP to Countersign as any other network does.
"""
