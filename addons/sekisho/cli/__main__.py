"""``python -m sekisho.cli``: the same as the console script."""

from sekisho.cli import main

main()
