"""What a mail gives away (A4, A5): who truly wrote it, what it is about, and why one should doubt. Plain Python, no I/O."""
