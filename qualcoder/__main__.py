"""`python -m qualcoder`."""

from qualcoder.cli import main

main()
