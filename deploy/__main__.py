"""`python -m deploy` is `langso`."""

from deploy.cli import main

main()
