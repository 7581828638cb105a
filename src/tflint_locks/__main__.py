"""Runs the tool as ``python -m tflint_locks``."""

import sys

from tflint_locks.cli import main

if __name__ == "__main__":
    sys.exit(main())
