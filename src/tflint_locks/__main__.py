"""Runs the tool as ``python -m tflint_locks``."""

from tflint_locks.cli import run

if __name__ == "__main__":
    run()
