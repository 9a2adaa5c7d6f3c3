"""``python -m tests.eval [KIND ...]``: have lists made, judge them, and write docs/quality.md."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from deploy.local.options import PROJECT
from deploy.local.signals import interrupting_signals
from shared.looks import LEVERS, LOOKS
from tests.bench.service import sample_model, small_model
from tests.chaos.page import fill
from tests.eval import page
from tests.eval.kinds import KINDS
from tests.eval.run import Outcome, Run, as_json, choose_model, run
from tests.eval.sides import Limits

INTERRUPTED = 130
#: Models of our own, by the names that people ask for them with.
SAMPLE, SMALL = "sample-faker", "smollm2"
#: Where everything that was said is kept.
FOLDER = PROJECT / "out" / "eval"


@click.command()
@click.argument("names", metavar="[KIND]...", nargs=-1, type=click.Choice(list(KINDS)))
@click.option("--ollama", envvar="OLLAMA", help="Address of any Ollama; none: one of our own.")
@click.option("--model", envvar="MODEL", help="One that it has; none: the first by name.")
@click.option("--slots", envvar="SLOTS", default=2, show_default=True, help="Prompts at once.")
@click.option("--threads", envvar="THREADS", type=int, help="Of the small model; none: all cores.")
@click.option(
    "--seconds",
    envvar="LIST_SECONDS",
    default=10.0,
    show_default=True,
    help="For a list, on each side.",
)
@click.option(
    "--tokens",
    envvar="LIST_TOKENS",
    default=1500,
    show_default=True,
    help="For a list, on each side.",
)
@click.option("--count", envvar="COUNT", type=int, help="Values of each list; none: the kind's.")
@click.option("--only", type=click.Choice(["tuned", "held-out"]), help="Leave out the others.")
@click.option(
    "--without",
    multiple=True,
    type=click.Choice([*LEVERS, *LOOKS]),
    help="Turn a lever or a look of the service off; names the run, if it has no label.",
)
@click.option("--label", default="", help="Names the run; its tables are not put into the page.")
@click.option("--write/--no-write", default=True, help="Renew the page, if all is usual.")
def main(
    names: tuple[str, ...],
    ollama: str | None,
    model: str | None,
    slots: int,
    threads: int | None,
    seconds: float,
    tokens: int,
    count: int | None,
    only: str | None,
    without: tuple[str, ...],
    label: str,
    write: bool,
) -> None:
    """Evaluate the named kinds, or all, beside a plain loop on the same model."""
    if without:
        label = label or f"without-{'-'.join(without)}"
        for setting, known in (("LEVERS", LEVERS), ("LOOKS", LOOKS)):
            left = [name for name in known if name not in without]
            os.environ[f"VALUEMILL_{setting}"] = ",".join(left) or "none"
    kinds = [
        replace(kind, count=count or kind.count)
        for kind in KINDS.values()
        if (not names or kind.name in names)
        and (only is None or kind.held_out == (only != "tuned"))
    ]
    try:
        with (
            interrupting_signals(),
            tempfile.TemporaryDirectory(prefix="valuemill-eval-") as folder,
            _serving(ollama, model, slots=slots, threads=threads) as (address, name),
        ):
            done = run(
                kinds,
                ollama=address,
                model=name,
                slots=slots,
                limits=Limits(seconds=seconds, output_tokens=tokens),
                label=label,
                folder=Path(folder),
                report=_tell,
            )
    except KeyboardInterrupt:
        click.echo("Interrupted; everything is stopped, and nothing is written.")
        sys.exit(INTERRUPTED)
    except (ValueError, RuntimeError) as error:
        sys.exit(str(error))
    usual = not (names or only or label or count or model == SAMPLE)
    _keep(done, whole=write and usual)


@contextmanager
def _serving(
    ollama: str | None, model: str | None, *, slots: int, threads: int | None
) -> Iterator[tuple[str, str]]:
    """The address of a model server, and the name of its model."""
    if ollama:
        address = ollama.rstrip("/")
        yield address, model or choose_model(address)
        return
    if model not in (None, SAMPLE, SMALL):
        raise ValueError(f"Whose model is {model}? Set OLLAMA to the address of its server.")
    own = (
        sample_model(slots=slots) if model == SAMPLE else small_model(slots=slots, threads=threads)
    )
    with own as running:
        yield running.url, choose_model(running.url)


def _tell(outcome: Outcome) -> None:
    both = (("service", outcome.service), ("loop", outcome.loop))
    parts = [
        f"{name} {score.plausible} of {score.values} in {score.seconds:.1f} s, "
        f"{score.output_tokens} tokens ({outcome.made[name].end})"
        for name, score in both
    ]
    click.echo(f"{outcome.kind.name}: {'; '.join(parts)}")


def _keep(done: Run, *, whole: bool) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{done.label or 'eval'}.json"
    file.write_text(as_json(done), encoding="utf-8")
    body = page.whole(done)
    file.with_suffix(".md").write_text(body + "\n", encoding="utf-8")
    click.echo(f"\n{body}\n\nAll that was said is in {file}.")
    if whole:
        fill("eval", body, page=page.PAGE)


if __name__ == "__main__":
    main()
