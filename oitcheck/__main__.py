"""`python -m oitcheck` is `oitcheck`."""

from oitcheck.cli.app import main

main()
