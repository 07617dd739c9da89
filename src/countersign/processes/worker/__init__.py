"""The worker: finds what is due in our tables and calls one action for each."""
