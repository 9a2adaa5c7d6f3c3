"""Living things, colours, substances and the sky."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words
from deploy.sample_model.catalogue.people import NICKNAME_FIRST, simple_first_name
from deploy.sample_model.catalogue.table import FRUITS

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


shelf.choice(
    "dog breeds",
    "breed of dog",
    "dog",
    of="""
    Affenpinscher, Afghan Hound, Airedale Terrier, Akita, Alaskan Malamute, Basenji, Basset Hound,
    Beagle, Bearded Collie, Bernese Mountain Dog, Bichon Frise, Bloodhound, Border Collie, Borzoi,
    Boston Terrier, Boxer, Bulldog, Cairn Terrier, Chihuahua, Chow Chow, Cocker Spaniel, Corgi,
    Dachshund, Dalmatian, Dobermann, English Setter, Fox Terrier, German Shepherd, Golden
    Retriever, Great Dane, Greyhound, Havanese, Hovawart, Irish Setter, Jack Russell Terrier,
    Komondor, Kuvasz, Labrador Retriever, Leonberger, Lhasa Apso, Maltese, Mastiff, Newfoundland,
    Papillon, Pekingese, Pointer, Pomeranian, Poodle, Pug, Rottweiler, Saint Bernard, Saluki,
    Samoyed, Schnauzer, Shar Pei, Shih Tzu, Siberian Husky, Vizsla, Weimaraner, Whippet, Yorkshire
    Terrier
""",
)
shelf.choice(
    "cat breeds",
    "breed of cat",
    "cat",
    of="""
    Abyssinian, American Curl, American Shorthair, Balinese, Bengal, Birman, Bombay, British
    Shorthair, Burmese, Burmilla, Chartreux, Cornish Rex, Devon Rex, Egyptian Mau, Exotic
    Shorthair, Havana Brown, Himalayan, Japanese Bobtail, Javanese, Khao Manee, Korat, LaPerm,
    Maine Coon, Manx, Munchkin, Nebelung, Norwegian Forest Cat, Ocicat, Oriental, Persian, Ragdoll,
    Russian Blue, Scottish Fold, Selkirk Rex, Siamese, Siberian, Singapura, Snowshoe, Somali,
    Sphynx, Tonkinese, Turkish Angora, Turkish Van
""",
)

PET_TAILS = words(
    """
    paws, whiskers, tail, ears, nose, button, belle, boy, girl, bear, bean, bug, pie
"""
)


@shelf.kind("pet names", "dog name", "cat name", "name of pet", "pet", "horse name")
def pet_name(draw: Draw) -> str:
    """Biscuit, Captain Pepper, ..."""
    name = draw.pick(
        (draw.pick(NICKNAME_FIRST), draw.pick(FRUITS).title(), simple_first_name(draw))
    )
    if draw.chance(0.2) or draw.composed():
        title = draw.pick(
            ("Captain", "Lady", "Lord", "Miss", "Mister", "Prince", "Princess", "Sir")
        )
        return (
            f"{title} {name} {draw.pick(PET_TAILS).title()}"
            if draw.composed()
            else f"{title} {name}"
        )
    return name


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


@shelf.kind("plants", "tree", "shrub", "plant name", "plant species", "houseplant", "bush")
def plant(draw: Draw) -> str:
    """A plant; beyond the common ones, varieties."""
    return _variety(draw, TREES + FLOWERS)


@shelf.kind("flowers", "flower name", "blossom", "bloom")
def flower(draw: Draw) -> str:
    """A flower; beyond the common ones, varieties."""
    return _variety(draw, FLOWERS)


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
    "primary colours",
    "rainbow colour",
    "basic colour",
    of="""
    red, orange, yellow, green, blue, indigo, violet
""",
)
shelf.choice(
    "chemical elements",
    "element",
    "chemical element name",
    "periodic table element",
    of="""
    Hydrogen, Helium, Lithium, Beryllium, Boron, Carbon, Nitrogen, Oxygen, Fluorine, Neon, Sodium,
    Magnesium, Aluminium, Silicon, Phosphorus, Sulfur, Chlorine, Argon, Potassium, Calcium,
    Scandium, Titanium, Vanadium, Chromium, Manganese, Iron, Cobalt, Nickel, Copper, Zinc, Gallium,
    Germanium, Arsenic, Selenium, Bromine, Krypton, Rubidium, Strontium, Yttrium, Zirconium,
    Niobium, Molybdenum, Technetium, Ruthenium, Rhodium, Palladium, Silver, Cadmium, Indium, Tin,
    Antimony, Tellurium, Iodine, Xenon, Caesium, Barium, Lanthanum, Cerium, Praseodymium,
    Neodymium, Promethium, Samarium, Europium, Gadolinium, Terbium, Dysprosium, Holmium, Erbium,
    Thulium, Ytterbium, Lutetium, Hafnium, Tantalum, Tungsten, Rhenium, Osmium, Iridium, Platinum,
    Gold, Mercury, Thallium, Lead, Bismuth, Polonium, Astatine, Radon, Francium, Radium, Actinium,
    Thorium, Protactinium, Uranium, Neptunium, Plutonium, Americium, Curium, Berkelium,
    Californium, Einsteinium, Fermium, Mendelevium, Nobelium, Lawrencium, Rutherfordium, Dubnium,
    Seaborgium, Bohrium, Hassium, Meitnerium, Darmstadtium, Roentgenium, Copernicium, Nihonium,
    Flerovium, Moscovium, Livermorium, Tennessine, Oganesson
""",
)
shelf.choice(
    "planets",
    "planet of the solar system",
    of="""
    Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus, Neptune
""",
)

STARS = words("""
    Achernar, Acrux, Adhara, Albireo, Alcor, Aldebaran, Algol, Alhena, Alioth, Alkaid, Almach,
    Alnair, Alnilam, Alnitak, Alphard, Alphecca, Alpheratz, Altair, Ankaa, Antares, Arcturus,
    Arneb, Atria, Avior, Bellatrix, Betelgeuse, Canopus, Capella, Caph, Castor, Deneb, Denebola,
    Diphda, Dubhe, Electra, Elnath, Eltanin, Enif, Fomalhaut, Gacrux, Gienah, Hadar, Hamal, Kochab,
    Maia, Markab, Megrez, Menkar, Merak, Merope, Mimosa, Mintaka, Mira, Mirach, Mirfak, Mizar,
    Naos, Nunki, Peacock, Phecda, Polaris, Pollux, Porrima, Procyon, Rasalhague, Regulus, Rigel,
    Sabik, Saiph, Scheat, Schedar, Shaula, Sirius, Spica, Tarazed, Thuban, Unukalhai, Vega, Wezen,
    Zubenelgenubi
""")
CONSTELLATIONS = words("""
    Andromedae, Aquarii, Aquilae, Arae, Arietis, Aurigae, Bootis, Cancri, Capricorni, Carinae,
    Cassiopeiae, Centauri, Cephei, Ceti, Columbae, Corvi, Crucis, Cygni, Delphini, Draconis,
    Eridani, Geminorum, Gruis, Herculis, Hydrae, Indi, Leonis, Leporis, Librae, Lupi, Lyrae,
    Ophiuchi, Orionis, Pavonis, Pegasi, Persei, Phoenicis, Piscium, Puppis, Sagittarii, Scorpii,
    Serpentis, Tauri, Tucanae, Velorum, Virginis
""")
GREEK = words(
    """
    Alpha, Beta, Gamma, Delta, Epsilon, Zeta, Eta, Theta, Iota, Kappa, Lambda, Mu, Nu, Xi, Omicron,
    Pi
"""
)


@shelf.kind("star names", "star", "name of star", "fixed star")
def star(draw: Draw) -> str:
    """Vega, Beta Lyrae, 61 Cygni, HD 48915, ..."""
    if draw.composed():
        if draw.chance(0.7):
            return f"HD {draw.number(1, 359_083)}"
        return f"{draw.number(1, 140)} {draw.pick(CONSTELLATIONS)}"
    if draw.chance(0.5):
        return draw.pick(STARS)
    return f"{draw.pick(GREEK)} {draw.pick(CONSTELLATIONS)}"


shelf.choice(
    "minerals",
    "gemstone",
    "rock",
    "crystal",
    "precious stone",
    of="""
    agate, alabaster, alexandrite, amazonite, amber, amethyst, ametrine, andalusite, apatite,
    aquamarine, azurite, basalt, beryl, calcite, carnelian, chalcedony, chalk, chrysoprase,
    cinnabar, citrine, corundum, diamond, dolomite, emerald, feldspar, fluorite, galena, garnet,
    gneiss, granite, graphite, gypsum, haematite, halite, jade, jasper, kunzite, labradorite, lapis
    lazuli, limestone, malachite, marble, mica, moonstone, obsidian, olivine, onyx, opal, pearl,
    peridot, pyrite, quartz, rhodonite, rose quartz, ruby, sandstone, sapphire, schist, serpentine,
    slate, sodalite, spinel, sunstone, talc, tanzanite, topaz, tourmaline, turquoise, zircon
""",
)
shelf.choice(
    "materials",
    "fabric",
    "textile",
    "building material",
    "raw material",
    of="""
    acrylic, aluminium, bamboo, brass, brick, bronze, canvas, cardboard, carbon fibre, cashmere,
    cement, ceramic, chiffon, chrome, clay, concrete, copper, corduroy, cork, cotton, denim, felt,
    flannel, foam, fleece, glass, gold, granite, hemp, iron, jute, lace, latex, leather, linen,
    marble, mohair, nylon, oak, paper, plaster, plywood, polyester, porcelain, PVC, rattan, rubber,
    satin, silicone, silk, silver, steel, stone, straw, suede, titanium, tweed, velvet, viscose,
    wicker, wood, wool, zinc
""",
)
shelf.choice(
    "weather conditions",
    "weather",
    "kind of weather",
    "weather phenomenon",
    of="""
    blizzard, breeze, clear sky, cloudburst, cold snap, drizzle, drought, dust storm, fog, freezing
    rain, frost, gale, hail, haze, heatwave, heavy rain, hurricane, ice storm, light rain,
    lightning, mist, monsoon, overcast, partly cloudy, rain showers, sandstorm, scattered clouds,
    sleet, snow, snow flurries, storm, sunshine, thunderstorm, tornado, typhoon
""",
)
