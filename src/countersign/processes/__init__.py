"""One folder a process: the broker holds the key, the worker does what is due."""
