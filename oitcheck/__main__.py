"""`python -m oitcheck` is `oitcheck`."""

from oitcheck.cli import app

app()
