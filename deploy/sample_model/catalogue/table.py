"""Food and drink."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words

shelf = Shelf()

FRUITS = words("""
    apple, apricot, avocado, banana, bilberry, blackberry, blackcurrant, blood orange, blueberry,
    boysenberry, breadfruit, cantaloupe, cherimoya, cherry, clementine, cloudberry, coconut,
    cranberry, damson, date, dragon fruit, durian, elderberry, feijoa, fig, gooseberry, grape,
    grapefruit, greengage, guava, honeydew melon, jackfruit, jujube, kiwi, kumquat, lemon, lime,
    lingonberry, loganberry, longan, loquat, lychee, mandarin, mango, mangosteen, medlar,
    mirabelle, mulberry, nectarine, orange, papaya, passion fruit, peach, pear, persimmon,
    physalis, pineapple, plum, pomegranate, pomelo, prickly pear, quince, rambutan, raspberry,
    redcurrant, rhubarb, rosehip, salak, satsuma, sea buckthorn, sloe, soursop, starfruit,
    strawberry, tamarillo, tamarind, tangerine, ugli fruit, watermelon, white currant, yuzu
""")
VEGETABLES = words("""
    artichoke, asparagus, aubergine, beetroot, bell pepper, bok choy, broad bean, broccoli,
    Brussels sprout, butternut squash, cabbage, carrot, cassava, cauliflower, celeriac, celery,
    chard, chickpea, chicory, chilli, collard greens, courgette, cress, cucumber, daikon, endive,
    fennel, garlic, gherkin, green bean, horseradish, iceberg lettuce, Jerusalem artichoke, kale,
    kohlrabi, lamb's lettuce, leek, lentil, mangetout, mung bean, mushroom, okra, onion, pak choi,
    parsnip, pea, potato, pumpkin, purslane, radicchio, radish, red cabbage, rocket, romanesco,
    runner bean, salsify, samphire, savoy cabbage, shallot, sorrel, spinach, spring onion, swede,
    sweet potato, sweetcorn, taro, tomato, turnip, water chestnut, watercress, yam
""")
shelf.kind("fruits", "fruit name", "berry", bounded=True)(lambda draw: draw.pick(FRUITS))
shelf.kind("vegetables", "veggie", "vegetable name", bounded=True)(
    lambda draw: draw.pick(VEGETABLES)
)
shelf.choice(
    "spices",
    "herb",
    "seasoning",
    "spice or herb",
    of="""
    allspice, anise, basil, bay leaf, caraway, cardamom, cayenne, chervil, chives, cinnamon, clove,
    coriander, cumin, curry leaf, dill, fennel seed, fenugreek, ginger, juniper, lavender,
    lemongrass, lovage, mace, marjoram, mint, mustard seed, nutmeg, oregano, paprika, parsley,
    pepper, rosemary, saffron, sage, savory, sesame, star anise, sumac, tarragon, thyme, turmeric,
    vanilla, wasabi, za'atar
""",
)

COOKED = words("""
    baked, barbecued, braised, breaded, caramelised, charred, chilled, creamy, crispy, crunchy,
    curried, deep-fried, farmhouse, glazed, golden, grilled, herbed, hot, house-made, marinated,
    pan-fried, pickled, poached, pulled, roast, rustic, seared, slow-cooked, smoked, spiced, spicy,
    steamed, stewed, stuffed, sweet and sour, tangy, toasted, warm
""")
DISHES = words("""
    aubergine, beef, bread, burger, cabbage rolls, carrots, cauliflower, chicken, chickpeas, cod,
    crab cakes, curry, duck, dumplings, egg noodles, falafel, flatbread, goulash, haddock,
    halloumi, kebab, lamb, lasagne, lentils, mackerel, meatballs, mushrooms, mussels, noodles,
    octopus, omelette, paella, pancakes, pasta, peppers, pie, pizza, polenta, pork, potatoes,
    prawns, pumpkin, quiche, ravioli, rice, risotto, salad, salmon, sausages, sea bass, soup, stew,
    tacos, tofu, trout, tuna, turkey, veal, vegetables, wrap
""")
SIDES = words("""
    apple sauce, basil, black beans, brown butter, buttered greens, capers, chilli, chutney,
    couscous, cranberries, cream, cucumber salad, dill, feta, fennel, garlic, ginger, green beans,
    herb butter, honey, horseradish, hummus, leeks, lemon, lime, mango salsa, mint, mustard,
    olives, onions, orange, parmesan, parsley, peanut sauce, peas, pesto, pine nuts, red cabbage,
    rosemary, saffron, sage, sesame, soy sauce, spinach, sweet potato, tahini, thyme, tomatoes,
    truffle oil, walnuts, yoghurt
""")


@shelf.kind(
    "foods", "dish", "meal", "food name", "recipe", "menu item", "lunch", "dinner", "cuisine dish"
)
def food(draw: Draw) -> str:
    """Grilled trout with lemon, ..."""
    cooked = draw.pick(COOKED)
    return f"{cooked[0].upper()}{cooked[1:]} {draw.pick(DISHES)} with {draw.pick(SIDES)}"


shelf.choice(
    "ingredients",
    "grocery",
    "food ingredient",
    of="""
    almonds, apples, bacon, baking powder, basil, beans, beef stock, bread crumbs, brown sugar,
    butter, buttermilk, capers, carrots, cheddar, chicken breast, chocolate, cinnamon, coconut
    milk, cornflour, cream, cucumber, double cream, eggs, flour, garlic, ginger, ham, honey, leek,
    lemon juice, lentils, maple syrup, milk, mushrooms, mustard, oats, olive oil, onions, orange
    zest, parmesan, parsley, pasta, peanut butter, peas, pepper, pine nuts, potatoes, prawns,
    raisins, rice, rosemary, salmon, salt, semolina, sesame oil, sour cream, soy sauce, spinach,
    sugar, sunflower oil, thyme, tofu, tomato paste, tuna, vanilla, vinegar, walnuts, yeast,
    yoghurt
""",
)

CAKE = words("""
    biscuits, brownies, bun, cake, cheesecake, cobbler, cookies, crumble, custard, doughnut,
    eclair, flan, fudge, gateau, ice cream, macaroons, meringue, mousse, muffin, nougat, parfait,
    pavlova, pudding, roulade, shortbread, sorbet, souffle, strudel, sundae, tart, tiramisu, torte,
    trifle, truffles, waffles
""")


@shelf.kind("desserts", "cake", "sweet", "pastry", "cookie", "ice cream flavour")
def dessert(draw: Draw) -> str:
    """Plum and ginger cake, ..."""
    fruit = draw.pick(FRUITS)
    second = draw.pick(
        (
            *FRUITS,
            "almond",
            "caramel",
            "chocolate",
            "cinnamon",
            "ginger",
            "hazelnut",
            "honey",
            "nougat",
            "pistachio",
            "rum",
            "vanilla",
            "walnut",
        )
    )
    taste = fruit if fruit == second else f"{fruit} and {second}"
    return f"{taste[0].upper()}{taste[1:]} {draw.pick(CAKE)}"


DRINK_BASES = words("""
    beer, black tea, buttermilk, cider, cocoa, coffee, cola, cordial, espresso, fizz, ginger ale,
    green tea, herbal tea, iced coffee, iced tea, infusion, juice, kombucha, lassi, latte,
    lemonade, liqueur, milk shake, mocktail, mulled wine, nectar, punch, rooibos, sherbet,
    smoothie, soda, sparkling water, spritz, syrup, tonic, water, wheat beer
""")
DRINK_WAYS = words("""
    aged, alcohol-free, bitter, blended, chilled, cloudy, creamy, dry, fair-trade, fizzy, fresh,
    homemade, hot, iced, light, mild, natural, organic, refreshing, sparkling, spiced, still,
    strong, sugar-free, sweet, traditional
""")


@shelf.kind("drinks", "beverage", "drink name", "soft drink", "cocktail", "juice")
def drink(draw: Draw) -> str:
    """Chilled quince lemonade, ..."""
    way = draw.pick(DRINK_WAYS)
    return f"{way[0].upper()}{way[1:]} {draw.pick(FRUITS)} {draw.pick(DRINK_BASES)}"


RESTAURANT_THINGS = words("""
    Anchor, Angel, Apple Tree, Barrel, Bell, Bird, Boar, Bridge, Bull, Castle, Cellar, Cherry,
    Compass, Copper Pot, Crown, Deer, Dolphin, Eagle, Elephant, Fig Tree, Fork, Fox, Garden, Goose,
    Griffin, Hare, Harvest, Horse, Kettle, Kitchen, Lamb, Lantern, Lemon, Lion, Lobster, Mill,
    Moon, Oak, Olive, Orchard, Owl, Oyster, Parrot, Peacock, Pear Tree, Pepper Mill, Plough, Raven,
    Rose, Salt Cellar, Ship, Spoon, Stag, Star, Sun, Swan, Table, Tavern, Tiger, Trout, Vine, Well,
    Whale, Wheel, Windmill, Wolf
""")
RESTAURANT_LEADS = words("""
    Black, Blue, Brass, Bright, Copper, Crooked, Dancing, Five, Flying, Four, Golden, Green, Happy,
    Hidden, Hungry, Laughing, Little, Lucky, Merry, Old, Open, Painted, Purple, Quiet, Red, Royal,
    Rusty, Salty, Secret, Seven, Silver, Singing, Sleeping, Smoky, Spotted, Sweet, Tall, Thirsty,
    Three, Twin, Two, Velvet, White, Wild, Wooden, Yellow
""")
RESTAURANT_FORMS = words(
    """
    The {}, Cafe {}, {} Bistro, {} Brasserie, {} Kitchen, {} Grill, {} Inn, {} Bar, {} House,
    Restaurant {}, {} Tavern, {} Diner
"""
)


@shelf.kind("restaurants", "cafe", "restaurant name", "bar", "pub", "coffee shop", "bistro")
def restaurant(draw: Draw) -> str:
    """The Hungry Fox, ..."""
    name = f"{draw.pick(RESTAURANT_LEADS)} {draw.pick(RESTAURANT_THINGS)}"
    return draw.pick(RESTAURANT_FORMS).format(name)
