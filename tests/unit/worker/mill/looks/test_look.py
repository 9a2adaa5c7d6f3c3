"""What is refused, as small models really say it, and what no answer may do to the look."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.generation.reports import Reason
from shared.looks import LOOKS
from worker.mill.looks import Look, Profile, Profiles, read_wording
from worker.mill.looks.off_shape import ENOUGH
from worker.mill.refine import Refined, Refiner, Rules

RULES = Rules(max_value_length=4000, multiline=True, trim=True, unique=True, unwanted=None)
NAMES = [
    *("Anna", "Brigitte", "Helga", "Ute", "Marie", "Sabine"),
    *("Petra", "Lena", "Karin", "Silke", "Elke", "Monika"),
]
GERMAN = (("Gender", "female"), (None, "German"))


def look(
    said: list[str],
    kind: str = "first name",
    attributes: tuple[tuple[str | None, str], ...] = GERMAN,
    *,
    cuts: tuple[int, ...] = (),
    **options: object,
) -> Refined:
    """What comes of an answer, in parts that end at the cuts."""
    made = Look(read_wording(kind, attributes), **options)  # type: ignore[arg-type]
    refiner = Refiner(RULES, made)
    edges = [0, *sorted(cuts), len(said)]
    parts = [refiner.refine(said[a:b]) for a, b in pairwise(edges)]
    parts.append(refiner.finish())
    return Refined(
        values=[value for part in parts for value in part.values],
        repeated=sum(part.repeated for part in parts),
        rejected=sum((part.rejected for part in parts[1:]), parts[0].rejected),
    )


JUNK: dict[Reason, list[str]] = {
    "echo": [
        "First name",
        "first names",
        "Names",
        "Gender: female",
        "Gender female",
        "Gender: male",
        "gender",
        "German female first names",
        "15 German names",
        "German",
        "No line breaks",
        "No line breaks.",
        "JSON array of strings",
        "At most 20 characters",
        "At most 20 characters each.",
        "nothing else: no numbering",
        "Here are 15 German first names:",
        "Here is a list of names",
        "Sure, here are some names",
        "Sure!",
        "The most common ones: German",
    ],
    "refusal": [
        "I cannot help with that",
        "I cannot help with that.",
        "I’m sorry, but I can’t do that",
        "Sorry, but I am not able to answer",
        "As an AI language model, I cannot",
        "I'm an AI assistant and have no names",
        "Unfortunately, I cannot provide names of real people.",
        "I apologize, but I can't share that",
        "I am unable to assist with this request",
        '"I can\'t assist with that."',
        "Es tut mir leid, aber das kann ich nicht.",
        "Dabei kann ich leider nicht helfen.",
        "Je ne peux pas vous aider.",
        "Lo siento, pero no puedo ayudar con eso.",
        "Desculpe, mas não posso ajudar.",
        "Mi dispiace, ma non posso farlo.",
        "Sorry, daar ik kan niet bij helpen",
        "Извините, я не могу помочь",
        "抱歉，我无法提供",
        "申し訳ありませんが、お手伝いできません",
    ],
    "markup": [
        "name: Anna",
        "First name: Anna",
        "Name = Anna",
        '"name": "Anna"',
        '{"name": "Anna"}',
        "{",
        "[Your Name]",
        "Dr. [JobTitle1",
        "<b>Anna</b>",
        "<value>",
        "**Anna**",
        "```json",
        "first_name_id",
        "gender_type",
        'Anna", "Ben',
    ],
    "counting": ["15,", "15", "1.", "#7", "Name 3", "Value 7", "First name 12"],
    "cut_off": ["Anna-", "Anna,", "Anna and", "Anna (short for", "Anna...", 'Anna "Ann'],
    "run_away": [
        "Grethelindelindelinde",
        "a a a a a",
        "MaraMaraMara",
        "Bellavera2345678512345678512345",
        "Annnnnnnnnnnnnnnnnn",
        "very very very very",
        "It is good. It is good. It is good.",
    ],
    "off_shape": [
        "アンナ",
        "Анна",
        "Anna_DE12",
        "Anna is a good name for a child who lives in a town by the sea. It is old and short.",
    ],
}


@pytest.mark.parametrize(
    ("reason", "value"), [(reason, value) for reason, values in JUNK.items() for value in values]
)
def test_junk_among_values_is_refused_for_its_reason(reason: Reason, value: str) -> None:
    assert len(NAMES) >= ENOUGH
    refined = look([*NAMES, value])
    assert refined.rejected == {reason: 1}
    assert refined.values == NAMES
    assert look([*NAMES, value], on=set(LOOKS) - {reason}).rejected[reason] == 0


@pytest.mark.parametrize(
    "value",
    [
        *("Jean-Luc", "O'Neill", "Anna-Lena", "José María", "Äöl", "Otto", "Nana", "Mo", "d'Arc"),
        *("van der Berg", "iPhone", "3M", "A/S", "Papua New Guinea", "Bora Bora", "Walla Walla"),
        *("Baden-Baden", "Dr. Anna", "Anna (the 2nd)"),
    ],
)
def test_outliers_of_true_lists_stay(value: str) -> None:
    assert look([*NAMES, value]).values == [*NAMES, value]


@pytest.mark.parametrize(
    ("kind", "attributes", "value"),
    [
        ("city", (("Country", "Luxembourg"),), "Luxembourg"),
        ("city", (("Country", "Mexico"),), "Mexico City"),
        ("city", ((None, "European"),), "Basel"),
        ("answer: yes or no", (), "yes"),
        ("weekday from Monday to Friday", (), "Monday"),
        ("first names like Anna", (), "Anna"),
        ("airport gate", (), "Gate 12"),
        ("employee number", (), "Employee 12"),
        ("product review", (), "Sure, I would buy it again."),
        ("product review", (), "It does what it says and nothing else, which is fine by me."),
    ],
)
def test_what_the_request_says_may_be_true(
    kind: str, attributes: tuple[tuple[str | None, str], ...], value: str
) -> None:
    assert look([value], kind, attributes).values == [value]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("JSON snippet", ['{"a": 1}', "[1, 2]", '{"b": {}}']),
        ("Einstellung", ['{"a": 1}', "[1, 2]", '{"b": {}}', "{}"]),
        ("HTML element", ["<b>", "<i>", "<div>"]),
        ("balise", ["<b>", "<i>", "<div>", "<p>"]),
        ("Hausnummer", ["12", "7", "4a", "15"]),
        ("edad", ["12", "7", "41", "15"]),
        ("電話", ["030-1234", "+49 30 1", "0172 33 x12", "110"]),
        ("DNA sequence", ["GATTACA", "ACACACACACACACAC", "AAAAAAAAAAAA"]),
        ("room", ["Room 1", "Room 2", "Room 3", "Room 4"]),
        ("password", ["b7w(&", "(x9!k", "[[a1"]),
        ("URL", [f"https://{c}.example.com/" for c in "abcdefghijklmn"] + ["http://x.io/?id=7"]),
        ("greeting", ["Hello", "Привет", "こんにちは", "مرحبا"] * 4),
    ],
)
def test_what_nearly_all_carry_is_what_the_kind_is(kind: str, values: list[str]) -> None:
    refined = look(values, kind, ())
    assert not refined.rejected
    assert refined.values == list(dict.fromkeys(values))


def test_names_are_no_numbers_however_many_are_said() -> None:
    years = ["2018", "2022", "19/08/2022", "2019"]
    assert look(years, "company name", ()).rejected == {"counting": 4}
    assert look(years, "founding", ()).rejected == {}
    assert look(["user1", "user2"], "e-mail address", ()).rejected == {"counting": 2}


def test_templates_that_count_up_are_refused() -> None:
    assert look([f"Employee {n}" for n in range(1, 9)], "employee", ()).values == []
    assert look([f"Anna {n}" for n in range(1, 9)]).values == ["Anna 1", "Anna 2"]
    assert look(["Apollo 11", "Apollo 12", "Apollo 13"], "spacecraft", ()).rejected == {}


def test_values_that_grow_out_of_one_another_are_refused() -> None:
    refined = look(["Bella", "Bellavera", "Bellavera123", "Bellavera123234", "Ann", "Anna"])
    assert refined.values == ["Bella", "Bellavera", "Ann", "Anna"]
    assert refined.rejected == {"run_away": 2}
    family = ["Ann", "Anna", "Annabel", "Annabelle"]
    assert look(family).values == family


def test_what_ends_where_a_grammar_ends_it_is_cut() -> None:
    assert look(["Mariannelies"], limit=12).rejected == {"cut_off": 1}
    assert look(["Marianneli"], limit=12).values == ["Marianneli"]


@pytest.mark.parametrize(
    "items",
    [
        ["1. Anna", "2. Ben", "3. Cleo", "4. Dora"],
        ["2) Anna", "3) Ben", "4) Cleo", "5) Dora"],
        ["- Anna", "- Ben", "- Cleo", "- Dora"],
        ["• Anna", "• Ben", "• Cleo", "• Dora"],
        ["Anna,", "Ben,", "Cleo,", "Dora"],
        ['"Anna",', '"Ben",', '"Cleo",', '"Dora"'],
        ['1. "Anna",', '2. "Ben",', '3. "Cleo",', '4. "Dora"'],
    ],
)
def test_field_c4_marks_that_all_items_carry_are_taken_off(items: list[str]) -> None:
    assert look(items).values == ["Anna", "Ben", "Cleo", "Dora"]
    assert look(items[:2]).values == ["Anna", "Ben"]


LETTERS = [f"{letter}nna" for letter in "ABCDEFGHIJ"]


@pytest.mark.parametrize("mark", ["- ", "* ", "• ", "– "])
@pytest.mark.parametrize("plain", [(0,), (1,), (2,), (9,), (0, 5), (0, 1, 2), (0, 1, 2, 3)])
@pytest.mark.parametrize("cut", [1, 4, 10])
def test_field_c4_bullets_that_most_items_carry_are_taken_off(
    mark: str, plain: tuple[int, ...], cut: int
) -> None:
    said = [name if at in plain else mark + name for at, name in enumerate(LETTERS)]
    assert look(said, cuts=(cut,)).values == LETTERS


@pytest.mark.parametrize("form", ["{}. ", "{}) ", "({}) ", "{}: "])
@pytest.mark.parametrize("plain", [(), (0,), (1,), (2,), (9,), (4, 5), (0, 1, 2)])
@pytest.mark.parametrize("first", [0, 1, 7])
def test_field_c4_numbers_that_most_items_carry_are_taken_off(
    form: str, plain: tuple[int, ...], first: int
) -> None:
    said = [
        name if at in plain else form.format(first + at) + name for at, name in enumerate(LETTERS)
    ]
    assert look(said).values == LETTERS


def test_field_c4_a_number_that_is_left_out_does_not_end_the_row() -> None:
    numbers = (1, 2, 3, 5, 6, 8, 9, 10, 11, 12)
    said = [f"{number}. {name}" for number, name in zip(numbers, LETTERS, strict=True)]
    assert look(said).values == LETTERS


def test_field_c4_marks_behind_words_of_the_model_are_taken_off() -> None:
    refined = look(["Here are 15 German first names:", "1. Anna", "2. Ben", "3. Cleo"])
    assert refined.values == ["Anna", "Ben", "Cleo"]
    assert refined.rejected == {"echo": 1}


def test_field_c4_an_only_item_loses_what_other_answers_have_carried() -> None:
    assert look(["- Anna"]).values == ["Anna"]
    assert look(["1. Anna"]).values == ["1. Anna"]
    made = Look(read_wording("first name", GERMAN))
    refiner = Refiner(RULES, made)
    refiner.refine(["1. Ben", "2. Cleo"])
    refiner.finish()
    assert look(["1. Anna"], profile=made.learned).values == ["Anna"]
    assert look(["FC 1. Anna"], profile=made.learned).values == ["FC 1. Anna"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("chatbot reply", "I'm sorry, but I can't help with that."),
        ("excuse", "I am afraid I cannot come"),
        ("song title", "I Can't Help Myself"),
        ("film", "I Am Sam"),
        ("song", "I can't answer"),
        ("motto", "Sorry seems to be the hardest word"),
        ("movie quote", "I'm sorry, Dave. I'm afraid I can't do that."),
    ],
)
def test_field_c4_what_only_sounds_like_a_refusal_is_kept(kind: str, value: str) -> None:
    assert look([value], kind, ()).values == [value]


@pytest.mark.parametrize(
    "items",
    [
        ["1. FC Köln", "VfB Stuttgart", "HSV"],
        ["1. FC Köln", "1. FC Nürnberg", "1. FSV Mainz"],
        ["1. FC Köln"],
        ["- Anna", "Ben", "Cleo"],
        ["VfB", "HSV", "BVB", "1. FC Köln", "1. FC Nürnberg", "1. FSV Mainz", "1. FCM"],
        ["VfB", "- Anna", "BVB", "- Ben", "HSV", "- Cleo"],
    ],
)
def test_marks_that_are_the_values_own_stay(items: list[str]) -> None:
    assert sorted(look(items, "football club", ()).values) == sorted(items)


def test_no_more_than_the_first_items_are_held_back() -> None:
    refiner = Refiner(RULES, Look(read_wording("first name", ())))
    assert refiner.refine(["Anna"]).values == ["Anna"]
    refiner = Refiner(RULES, Look(read_wording("first name", ())))
    assert refiner.refine(["1. Anna", "2. Ben"]).values == []
    assert refiner.refine(["3. Cleo"]).values == ["Anna", "Ben", "Cleo"]
    assert refiner.refine(["15,"]).rejected == {"counting": 1}


def test_a_cell_remembers_what_its_values_are_like() -> None:
    known = look_and_learn(NAMES)
    assert look(["Anna ("]).values == ["Anna ("]
    assert look(["Anna ("], profile=known).rejected == {"cut_off": 1}
    assert look(["Анна"]).values == ["Анна"]
    assert look(["Анна"], profile=known).rejected == {"off_shape": 1}


def look_and_learn(said: list[str]) -> Profile:
    made = Look(read_wording("first name", GERMAN))
    Refiner(RULES, made).refine(said)
    return made.learned


def test_profiles_are_bounded_and_copies() -> None:
    profiles = Profiles(most=2)
    for ordinal in range(5):
        profiles.learn((1, ordinal), look_and_learn(NAMES))
    assert len(profiles) == 2
    assert profiles.read((1, 0)).looked_at == 0
    profiles.read((1, 4)).join(look_and_learn(NAMES))
    assert profiles.read((1, 4)).looked_at == len(NAMES)


TEXT = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.sampled_from("aA1 -,.\"'[]{}<>:*_()\n名я"), max_size=40),
    st.sampled_from([*NAMES, *(value for values in JUNK.values() for value in values)]),
)


@given(
    said=st.lists(TEXT, max_size=30),
    kind=st.one_of(st.text(max_size=30), st.sampled_from(["first name", "JSON", "employee"])),
    attributes=st.lists(
        st.tuples(st.none() | st.text(max_size=10), st.text(max_size=10)), max_size=3
    ).map(tuple),
    cuts=st.lists(st.integers(0, 30), max_size=6).map(tuple),
    on=st.sets(st.sampled_from(LOOKS)),
)
def test_any_answer_is_looked_at_the_same_however_it_comes(
    said: list[str],
    kind: str,
    attributes: tuple[tuple[str | None, str], ...],
    cuts: tuple[int, ...],
    on: set[str],
) -> None:
    cuts = tuple(min(cut, len(said)) for cut in cuts)
    whole = look(said, kind, attributes, on=on)
    assert look(said, kind, attributes, on=on, cuts=cuts) == whole
    assert len(whole.values) + whole.repeated + whole.rejected.total() == len(said)
    assert set(whole.rejected) <= on | {"empty", "too_long", "several_lines", "unusable"}


@given(text=st.text(max_size=300))
def test_a_string_that_is_open_can_be_anything(text: str) -> None:
    Look(read_wording("first name", ())).runs_away(text)


def test_letters_count_too() -> None:
    said = [f"Company {letter}" for letter in "ABCDEF"]
    kept = look(said, "company name").values
    assert len(kept) < 3
    assert look(["Vitamin C", "Hepatitis B", "Plan A"], "word").values == [
        "Vitamin C",
        "Hepatitis B",
        "Plan A",
    ]
