"""How near the mill comes to what the model servers can do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean, median

from tests.bench.figures import Figure, Row, at_least, at_most, told
from tests.bench.service import rate, sample_model, service, tokens_per_value, took

#: Random letters and digits, four tokens each: a model that never has to repeat itself.
ENDLESS = "passport number"
TOKENS = 4
TOKENS_A_SECOND = 100.0
GENDERS = ["male", "female"]


def ceiling(folder: Path) -> Iterator[Figure]:
    """Values a second over what the slots can decode."""
    count = 5_000
    for slots in (4, 16):
        with (
            sample_model(slots=slots, tokens_per_second=TOKENS_A_SECOND) as model,
            service(folder, model) as running,
        ):
            operation = running.generate(count, ENDLESS, seconds=120)
            cost = tokens_per_value(running.values(operation))
            stats = model.knobs.stats()
        limit = slots * TOKENS_A_SECOND / cost
        spent = stats["tokens_out"] / (slots * TOKENS_A_SECOND * took(operation))
        yield at_least(
            f"S = {slots}",
            rate(operation) / limit,
            0.95,
            f"{rate(operation):.1f} of {limit:.1f} values/s; the model said {spent:.3f} of what it "
            "could",
        )


def tail(folder: Path) -> Iterator[Figure]:
    """The time of a small operation over the best possible."""
    slots, count, tries = 16, 200, 7
    with (
        sample_model(slots=slots, tokens_per_second=TOKENS_A_SECOND) as model,
        service(folder, model) as running,
    ):
        ratios = []
        for _ in range(tries):
            operation = running.generate(count, seconds=30)
            cost = tokens_per_value(running.values(operation))
            best = count * cost / (slots * TOKENS_A_SECOND)
            rate(operation)  # or it has not all values
            ratios.append(took(operation) / best)
    yield at_most(
        "",
        median(ratios),
        1.3,
        f"median of {tries} tries between {min(ratios):.2f} and {max(ratios):.2f}; the last took "
        f"{took(operation):.2f} s of {best:.2f} s",
    )


def small(folder: Path) -> Iterator[Figure]:
    """The time of a small list over the best possible, where nobody has asked before."""
    slots, count, tries = 4, 65, 5
    ratios, prompts = [], []
    for _ in range(tries):
        with sample_model(slots=slots, tokens_per_second=TOKENS_A_SECOND) as model:
            # A model has its vocabulary from the beginning; this one makes it at its first use.
            for gender in GENDERS:
                model.knobs.speak(f"Give me 1 {gender} German first name as a JSON array.")
            with service(folder, model) as running:
                before = model.knobs.stats()
                operation = running.generate(
                    count,
                    "first name",
                    seconds=30,
                    max_value_length=20,
                    attributes=[{"label": "Gender", "values": GENDERS}, {"values": ["German"]}],
                )
                cost = tokens_per_value(running.values(operation))
                prompts.append(model.knobs.stats()["requests"] - before["requests"])
        rate(operation)  # or it has not all values
        best = count * cost / (slots * TOKENS_A_SECOND)
        ratios.append(took(operation) / best)
    yield at_most(
        "",
        median(ratios),
        1.4,
        f"median of {tries} tries between {min(ratios):.2f} and {max(ratios):.2f}, of "
        f"{min(prompts)} to {max(prompts)} prompts; the last took {took(operation):.2f} s of "
        f"{best:.2f} s",
    )


def scale_out(folder: Path) -> Iterator[Figure]:
    """Values a second of several worker processes over those of one."""
    slots, threads, speed, one_process = 64, 16, 20.0, 1_040
    rates: dict[int, float] = {}
    for workers in (1, 2, 4):
        with (
            sample_model(slots=slots, tokens_per_second=speed) as model,
            service(folder, model, workers=workers, concurrency=threads) as running,
        ):
            operation = running.generate(one_process * workers, ENDLESS, seconds=60)
            cost = tokens_per_value(running.values(operation))
        rates[workers] = rate(operation)
        share = rates[workers] * cost / (slots * speed)
        note = f"{rates[workers]:.1f} values/s, {share:.2f} of what all slots can decode"
        if workers == 1:
            yield told("1 process", note)
            continue
        linear = rates[workers] / rates[1] / workers
        # At the ceiling there is nothing left to scale to.
        yield at_least(f"{workers} processes", max(linear, share), 0.9, note)


def gateways(folder: Path) -> Iterator[Figure]:
    """Two servers of unequal speed over the sum of each alone."""
    slots, fast, slow = 4, 100.0, 25.0
    with (
        sample_model(slots=slots, tokens_per_second=fast, model=["fast", "both"]) as first,
        sample_model(slots=slots, tokens_per_second=slow, model=["slow", "both"]) as second,
        service(folder, first, second) as running,
    ):

        def made(model: str, speed: float, seconds: float) -> float:
            count = int(slots * speed * seconds / TOKENS)
            operation = running.generate(count, ENDLESS, seconds=60, llm_model_name=model)
            return rate(operation)

        for model, speed in (("fast", fast), ("slow", slow)):
            made(model, speed, 2)  # nobody's first prompts count
        alone = [made("fast", fast, 10), made("slow", slow, 10)]
        both = made("both", fast + slow, 10)
    limit = slots * (fast + slow) / TOKENS
    note = (
        f"{both:.1f} values/s together, of {limit:.1f} that both can decode; alone {alone[0]:.1f} "
        f"and {alone[1]:.1f}"
    )
    yield at_least("", both / sum(alone), 0.95, note)


LOOK_SECONDS = 0.02
FAULTS = {"broken_json": 0.10, "busy_503": 0.10, "hang_before": 0.05}


def faults(folder: Path) -> Iterator[Figure]:
    """Values a second under faults over the fair share of what they are without."""
    slots, count, patience = 8, 3_000, 3
    with (
        sample_model(slots=slots, tokens_per_second=TOKENS_A_SECOND) as model,
        service(folder, model) as running,
    ):
        operation = running.generate(count, ENDLESS, seconds=90)
        well = rate(operation)
        before = model.knobs.stats()
        model.knobs.turn(fault=FAULTS, fault_seed=1)
        struck = running.generate_for(count, ENDLESS, seconds=patience * took(operation))
        after = model.knobs.stats()
    prompts = after["requests"] - before["requests"]
    faulty = sum(after["faults"].values())
    ill = struck["generated_count"] / took(struck)
    fair = well * (1 - faulty / prompts)
    yield at_least(
        "",
        ill / fair,
        0.9,
        f"{ill:.1f} of {fair:.1f} values/s; {well:.1f} without faults, which struck {faulty} of "
        f"{prompts} prompts; {struck['generated_count']} values in {took(struck):.0f} s",
    )
    yield _busy_under_faults(folder, slots=slots)


def _busy_under_faults(folder: Path, *, slots: int) -> Figure:
    """The part of its slots that a server has at work, while a short list is made under faults."""
    count, tries = 500, 5
    shares, ratios = [], []
    with (
        sample_model(slots=slots, tokens_per_second=TOKENS_A_SECOND) as model,
        service(folder, model) as running,
        ThreadPoolExecutor(1) as others,
    ):
        for seed in range(tries):
            model.knobs.turn(fault=FAULTS, fault_seed=seed)
            made = others.submit(running.generate, count, ENDLESS, seconds=30, error_tolerance=100)
            seen: list[int] = []
            while not made.done():
                seen.append(model.knobs.stats()["active"])
                time.sleep(LOOK_SECONDS)
            operation = made.result()
            rate(operation)  # or it has not all values
            shares.append(mean(seen) / slots)
            ratios.append(took(operation) * slots * TOKENS_A_SECOND / (count * TOKENS))
    return at_least(
        f"{count} values: slots busy",
        median(shares),
        0.85,
        f"median of {tries} tries between {min(shares):.2f} and {max(shares):.2f}, which took "
        f"{min(ratios):.1f} to {max(ratios):.1f} times the best possible without faults",
    )


CEILING = Row(
    name="ceiling",
    how="5,000 passport numbers (random, so the vocabulary is endless) from S slots of 100 "
    "tokens/s: values/s from submit to end, over S × 100 / tokens that a value costs. That cost "
    "is counted in the model's own tokens over a JSON array of the values stored, so repeats, "
    "empty slots and answers cut off all count against the service; reading a prompt takes no "
    "time in this model, and its brackets no tokens.",
    measure=ceiling,
)
TAIL = Row(
    name="tail",
    how="200 full names, endless vocabulary, from 16 slots of 100 tokens/s: time from submit to "
    "end, over 200 × tokens that a value costs / (16 × 100).",
    measure=tail,
)
SMALL = Row(
    name="small",
    how="65 German first names, male and female, of at most 20 characters, from 4 slots of 100 "
    "tokens/s, by a service that has just started and knows nothing of the server, which has "
    "not loaded the model: time from submit to end, over 65 × tokens that a value costs / "
    "(4 × 100). Reading a prompt takes no time in this model.",
    measure=small,
)
SCALE_OUT = Row(
    name="scale-out",
    how="64 slots of 20 tokens/s, worker processes of 16 threads, 1,040 passport numbers a "
    "process: values/s from submit to end, over as many times those of one process; or over what "
    "all slots can decode, where that is more.",
    measure=scale_out,
)
GATEWAYS = Row(
    name="gateways",
    how="One server with 4 slots of 100 tokens/s and one with 4 of 25, 10 s of work for each "
    "alone and for both (told apart by names of models), after 2 s for each that do not count: "
    "values/s of both, over the sum of each alone.",
    measure=gateways,
)
FAULTY = Row(
    name="faults",
    how="3,000 passport numbers from 8 slots of 100 tokens/s; then the same while 10% of the "
    "prompts get a broken answer, 10% a 503 and 5% none for ever. Fair share: values/s without "
    "faults × the share of prompts that no fault struck, by the model's own count. Cancelled after "
    "three times the time without faults. And 500 values under the same faults, five times on one "
    "stack: the share of the slots that have a prompt, silent or not, by the model's own count "
    "from submit to end.",
    measure=faults,
)
