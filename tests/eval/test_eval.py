"""A short run, on the sample model: what always holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.bench.service import sample_model
from tests.chaos.page import fill
from tests.eval import page
from tests.eval.kinds import KINDS
from tests.eval.run import choose_model, run
from tests.eval.sides import Limits

COUNTS = {"german_first_names": 8, "credit_cards": 5}


def test_both_sides_make_lists_and_are_judged_alike(tmp_path: Path) -> None:
    kinds = [replace(KINDS[name], count=count) for name, count in COUNTS.items()]
    seen = []
    with sample_model(slots=2) as sample:
        model = choose_model(sample.url)
        done = run(
            kinds,
            ollama=sample.url,
            model=model,
            slots=2,
            limits=Limits(seconds=60, output_tokens=5000),
            label="",
            folder=tmp_path,
            report=seen.append,
        )
    assert done.model == model
    assert seen == done.outcomes
    for outcome in done.outcomes:
        for name, score in (("service", outcome.service), ("loop", outcome.loop)):
            made = outcome.made[name]
            assert score.values == len(set(made.values)) == COUNTS[outcome.kind.name]
            assert score.plausible + sum(score.junk.values()) == score.values
            assert score.output_tokens > score.values
            assert score.prompt_tokens > 0
            assert made.end == "all"
            # What was made is what went by.
            said = "".join(answer.text for answer in made.answers)
            assert all(value in said for value in made.values)
    table = tmp_path / "quality.md"
    table.write_text("Before.\n<!-- eval -->\nold\n<!-- end of eval -->\nAfter.\n")
    fill("eval", page.whole(done), page=table)
    text = table.read_text()
    assert text.startswith("Before.")
    assert text.endswith("After.\n")
    assert "old" not in text
    assert all(f"| `{name}` |" in text for name in COUNTS)
