"""One folder a network, plain Python: what a social network can do and how it is asked."""
