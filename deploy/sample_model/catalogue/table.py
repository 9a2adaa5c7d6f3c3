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
