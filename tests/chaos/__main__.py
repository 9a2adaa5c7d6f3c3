"""``python -m tests.chaos``: let the service live through faults, and tell what came of it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import click

from tests.chaos.page import figures, fill
from tests.chaos.run import Result, run

#: With fewer runs the figures say little.
ENOUGH = 10


@click.command()
@click.option("--seed", default=1, show_default=True, help="Settles what happens when.")
@click.option("--seeds", default=1, show_default=True, help="So many runs, counting up.")
@click.option("--seconds", default=80.0, show_default=True, help="Of faults, in each run.")
def main(seed: int, seeds: int, seconds: float) -> None:
    """Break the service while it works; exit with 1 when it breaks a promise."""
    results: list[Result] = []
    for each in range(seed, seed + seeds):
        var = Path(tempfile.mkdtemp(prefix=f"valuemill-chaos-{each}-"))
        result = run(seed=each, seconds=seconds, var=var, report=click.echo)
        results.append(result)
        totals = ", ".join(f"{count} {name}" for name, count in sorted(result.totals.items()))
        click.echo(f"seed {each}: {totals}")
        if result.violations:
            for violation in result.violations[:5]:
                click.echo(f"VIOLATION of seed {each} after {violation.after} s: {violation.rule}")
                click.echo(f"    {violation.found}")
            click.echo(f"Logs are in {var}. Again: python -m tests.chaos --seed {each}")
            sys.exit(1)
        shutil.rmtree(var, ignore_errors=True)
    click.echo(f"Every invariant held over {len(results)} seeds.")
    body = figures(results, seed=seed, seconds=seconds)
    click.echo(body)
    if len(results) >= ENOUGH:
        fill("figures", body)


if __name__ == "__main__":
    main()
