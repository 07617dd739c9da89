"""What happened, who did it, each entry under one Merkle tree."""
