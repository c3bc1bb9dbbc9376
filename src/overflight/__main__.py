"""Runs the command line: ``python -m overflight``."""

from __future__ import annotations

from overflight.cli import main

if __name__ == "__main__":
    main()
