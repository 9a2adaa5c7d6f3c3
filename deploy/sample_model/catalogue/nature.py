"""Animals, colours and the planets."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words

shelf = Shelf()

BEASTS = words("""
    ant, antelope, badger, bat, bear, beaver, bee, beetle, boar, butterfly, buzzard, camel, carp,
    cat, chameleon, cobra, cow, crab, crane, crocodile, crow, deer, dog, dolphin, donkey, dove,
    dragonfly, duck, eagle, eel, elephant, falcon, ferret, finch, flamingo, fox, frog, gecko,
    giraffe, goat, goose, gull, hamster, hare, hawk, hedgehog, heron, horse, jaguar, kangaroo,
    lark, lemur, leopard, lion, lizard, lynx, magpie, marten, mole, monkey, moth, mouse, newt,
    octopus, otter, owl, panda, parrot, pelican, penguin, pig, pike, rabbit, raccoon, raven,
    robin, salmon, seal, shark, sheep, snail, snake, sparrow, spider, squid, squirrel, stork,
    swan, tiger, toad, tortoise, trout, turtle, viper, vole, vulture, wasp, whale, wolf, wren,
    zebra
""")
LOOKS = words("""
    African, Alpine, American, Arctic, Asian, banded, bearded, black, blue, brown, common,
    crested, desert, dwarf, Eastern, giant, golden, great, green, grey, Iberian, Indian, king,
    lesser, long-tailed, marsh, mountain, Northern, Pacific, painted, pale, red, ringed, river,
    rock, royal, sea, silver, snow, Southern, spotted, striped, tufted, water, Western, white,
    wood, yellow
""")


@shelf.kind("animals", "mammal", "bird", "fish", "insect", "species", "creature")
def animal(draw: Draw) -> str:
    """An animal; beyond the common ones, invented species by look."""
    name = draw.pick(BEASTS)
    if not draw.composed():
        return name
    look = draw.pick(LOOKS)
    other = draw.pick(LOOKS)
    return f"{look} {name}" if draw.chance(0.4) or other == look else f"{look} {other} {name}"


TINTS = words(
    "bright, dark, deep, faded, light, muted, neon, pale, pastel, rich, soft, vivid, warm"
)


@shelf.kind("colours", "color", "shade", bounded=True)
def colour(draw: Draw) -> str:
    """Teal, pale Teal, ... in the locale's language where Faker can."""
    name = draw.ask("color", "color_name")
    return f"{draw.pick(TINTS)} {name}" if draw.composed() else name


shelf.choice("planets", of="Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus, Neptune")
