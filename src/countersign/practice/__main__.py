"""`python -m countersign.practice` runs the practice network."""
from __future__ import annotations

import sys

from countersign.practice.serving import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
