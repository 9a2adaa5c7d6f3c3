"""Living things, colours and the planets."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words

shelf = Shelf()

BEASTS = words("""
    adder, albatross, alligator, ant, anteater, antelope, armadillo, badger, bat, bear, beaver,
    bee, beetle, bison, blackbird, boar, bullfinch, butterfly, buzzard, camel, capybara, carp, cat,
    chameleon, cheetah, chicken, chimpanzee, chipmunk, cobra, cod, condor, cormorant, cow, crab,
    crane, cricket, crocodile, crow, cuckoo, deer, dog, dolphin, donkey, dormouse, dove, dragonfly,
    duck, eagle, eel, elephant, elk, falcon, ferret, finch, firefly, flamingo, fox, frog, gazelle,
    gecko, gibbon, giraffe, goat, goldfish, goose, gorilla, grasshopper, grouse, gull, hamster,
    hare, hawk, hedgehog, heron, herring, hippopotamus, hornet, horse, hummingbird, hyena, ibex,
    iguana, jackal, jaguar, jay, jellyfish, kangaroo, kingfisher, koala, ladybird, lark, lemming,
    lemur, leopard, lion, lizard, llama, lobster, lynx, macaw, magpie, mantis, marmot, marten,
    mole, mongoose, monkey, moose, moth, mouse, newt, nightingale, ocelot, octopus, opossum,
    orangutan, oriole, osprey, ostrich, otter, owl, ox, panda, panther, parrot, partridge, peacock,
    pelican, penguin, pheasant, pig, pigeon, pike, platypus, porcupine, porpoise, puffin, puma,
    python, quail, rabbit, raccoon, rat, raven, reindeer, rhinoceros, robin, salamander, salmon,
    scorpion, seahorse, seal, shark, sheep, shrew, skunk, sloth, snail, snake, sparrow, spider,
    squid, squirrel, starling, stoat, stork, swallow, swan, swift, tapir, tern, thrush, tiger,
    toad, tortoise, toucan, trout, tuna, turkey, turtle, viper, vole, vulture, walrus, warbler,
    wasp, weasel, whale, wolf, wolverine, wombat, woodpecker, wren, yak, zebra
""")
LOOKS = words("""
    African, Alpine, American, Andean, Arctic, Asian, Atlantic, Australian, banded, barred,
    bearded, black, blue, brown, Californian, clouded, collared, common, crested, desert, dusky,
    dwarf, Eastern, Eurasian, European, fire-bellied, giant, golden, great, green, grey, hairy,
    highland, hooded, Iberian, Indian, island, Japanese, king, lesser, long-eared, long-tailed,
    lowland, marsh, masked, Mediterranean, mountain, Northern, painted, pale, Pacific, pygmy, red,
    red-necked, ringed, river, rock, royal, Saharan, sea, short-eared, Siberian, silver, snow,
    Southern, spotted, steppe, striped, thick-billed, tree, tufted, velvet, water, Western, white,
    white-throated, wood, woolly, yellow
""")


@shelf.kind(
    "animals",
    "animal name",
    "mammal",
    "bird",
    "fish",
    "insect",
    "species",
    "animal species",
    "wild animal",
    "creature",
)
def animal(draw: Draw) -> str:
    """An animal; beyond the common ones, invented species by look."""
    name = draw.pick(BEASTS)
    if not draw.composed():
        return name
    look = draw.pick(LOOKS)
    other = draw.pick(LOOKS)
    return f"{look} {name}" if draw.chance(0.4) or other == look else f"{look} {other} {name}"


TREES = words("""
    acacia, alder, almond, apple, ash, aspen, bamboo, banyan, baobab, bay, beech, birch,
    blackthorn, box, buckthorn, bramble, broom, catalpa, cedar, cherry, chestnut, cork oak,
    cottonwood, crab apple, cypress, dogwood, elder, elm, eucalyptus, fern, fig, fir, ginkgo,
    gorse, hawthorn, hazel, heather, hemlock, hickory, holly, hornbeam, horsetail, ivy, juniper,
    kapok, larch, laurel, lime, liquorice, locust, mahogany, mangrove, maple, medlar, mimosa,
    mistletoe, moss, mulberry, myrtle, nettle, oak, olive, palm, pine, plane, poplar, privet, reed,
    rowan, rubber plant, rush, sassafras, sedge, sequoia, spindle, spruce, sumac, sycamore,
    tamarisk, teak, thistle, tulip tree, walnut, willow, wisteria, witch hazel, yew, yucca
""")
FLOWERS = words("""
    allium, amaryllis, anemone, aster, azalea, begonia, bellflower, bluebell, bougainvillea,
    buttercup, calendula, camellia, campion, candytuft, carnation, chamomile, chrysanthemum,
    clematis, columbine, coneflower, cornflower, cosmos, cowslip, crocus, cyclamen, daffodil,
    dahlia, daisy, dandelion, delphinium, edelweiss, forget-me-not, forsythia, foxglove, freesia,
    fuchsia, gardenia, gentian, geranium, gerbera, gladiolus, heliotrope, hellebore, hibiscus,
    hollyhock, honeysuckle, hyacinth, hydrangea, iris, jasmine, larkspur, lavender, lilac, lily,
    lily of the valley, lobelia, lotus, lupin, magnolia, marguerite, marigold, morning glory,
    narcissus, nasturtium, nigella, oleander, orchid, oxeye, pansy, passion flower, peony,
    periwinkle, petunia, phlox, poppy, primrose, protea, ranunculus, rhododendron, rose, sage,
    saxifrage, scabious, snapdragon, snowdrop, stock, sunflower, sweet pea, sweet william, tansy,
    tulip, verbena, veronica, violet, wallflower, water lily, zinnia
""")
GROWTH = words("""
    alpine, autumn, blue, blushing, bog, broad-leaved, bronze, climbing, common, coral, creeping,
    crimson, curly, double, dwarf, early, evergreen, field, fragrant, garden, giant, glossy,
    golden, great, hardy, ivory, lemon, marsh, meadow, miniature, mountain, narrow-leaved,
    night-blooming, pale, pink, purple, red, rock, royal, sand, scarlet, sea, shade, silver, snow,
    spiny, spotted, spring, star, striped, summer, swamp, trailing, tropical, upright, variegated,
    velvet, violet, wall, water, weeping, white, wild, winter, wood, woolly, yellow
""")


def _variety(draw: Draw, plain: tuple[str, ...]) -> str:
    name = draw.pick(plain)
    if not draw.composed():
        return name
    first, second = draw.pick(GROWTH), draw.pick(GROWTH)
    return f"{first} {name}" if first == second or draw.chance(0.4) else f"{first} {second} {name}"


@shelf.kind("plants", "tree", "shrub", "plant name", "plant species", "houseplant", "flower")
def plant(draw: Draw) -> str:
    """A plant; beyond the common ones, varieties."""
    return _variety(draw, TREES + FLOWERS)


COLOURS = words("""
    amber, apricot, aquamarine, azure, beige, black, blue, bronze, brown, burgundy, cerise,
    chartreuse, chocolate, claret, cobalt, copper, coral, cream, crimson, cyan, emerald, fawn,
    flax, fuchsia, ginger, gold, green, grey, honey, indigo, ivory, jade, khaki, lavender, lemon,
    lilac, lime, magenta, mahogany, maroon, mauve, mint, mustard, navy, ochre, olive, orange,
    orchid, peach, pearl, periwinkle, pink, plum, purple, raspberry, red, rose, ruby, russet, rust,
    saffron, sage, salmon, sand, sapphire, scarlet, sepia, sienna, silver, slate, straw, tan,
    taupe, teal, terracotta, turquoise, ultramarine, umber, vanilla, vermilion, violet, walnut,
    wheat, white, wine, yellow
""")
TINTS = words(
    """
    bright, dark, deep, dusty, faded, light, muted, neon, pale, pastel, rich, soft, vivid, warm
"""
)


@shelf.kind("colours", "color", "color name", "colour name", "paint colour", "shade", bounded=True)
def colour(draw: Draw) -> str:
    """moss, pale blue, ..."""
    return f"{draw.pick(TINTS)} {draw.pick(COLOURS)}" if draw.composed() else draw.pick(COLOURS)


shelf.choice(
    "planets",
    "planet of the solar system",
    of="""
    Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus, Neptune
""",
)
