"""Food and drink."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words

shelf = Shelf()

FRUITS = words("""
    apple, apricot, avocado, banana, blackberry, blueberry, cherry, clementine, coconut,
    cranberry, date, elderberry, fig, gooseberry, grape, grapefruit, guava, kiwi, kumquat, lemon,
    lime, lychee, mandarin, mango, melon, mulberry, nectarine, orange, papaya, passion fruit,
    peach, pear, persimmon, pineapple, plum, pomegranate, quince, raspberry, redcurrant,
    strawberry, tangerine
""")
VEGETABLES = words("""
    artichoke, asparagus, aubergine, beetroot, broad bean, broccoli, cabbage, carrot, cassava,
    cauliflower, celery, chard, chickpea, chicory, courgette, cucumber, fennel, garlic, kale,
    kohlrabi, leek, lentil, lettuce, mushroom, okra, onion, parsnip, pea, pepper, potato, pumpkin,
    radish, rocket, shallot, spinach, swede, sweetcorn, tomato, turnip, yam
""")
shelf.kind("fruits", "berry", bounded=True)(lambda draw: draw.pick(FRUITS))
shelf.kind("vegetables", "veggie", bounded=True)(lambda draw: draw.pick(VEGETABLES))

COOKED = words("""
    baked, braised, breaded, charred, chilled, creamy, crispy, curried, glazed, golden, grilled,
    herbed, hot, marinated, pan-fried, pickled, poached, roast, seared, slow-cooked, smoked,
    spicy, steamed, stewed, stuffed, warm
""")
DISHES = words("""
    aubergine, beef, bread, burger, carrots, chicken, cod, curry, duck, dumplings, falafel,
    goulash, halloumi, kebab, lamb, lasagne, lentils, mackerel, meatballs, mushrooms, mussels,
    noodles, omelette, pancakes, pasta, peppers, pie, pizza, polenta, pork, potatoes, prawns,
    quiche, ravioli, rice, risotto, salad, salmon, sausages, soup, stew, tofu, trout, tuna,
    vegetables, wrap
""")
SIDES = words("""
    apple sauce, basil, black beans, capers, chilli, chutney, couscous, cream, dill, feta, garlic,
    ginger, green beans, honey, horseradish, hummus, leeks, lemon, lime, mint, mustard, olives,
    onions, parmesan, parsley, peas, pesto, red cabbage, rosemary, saffron, sage, sesame, spinach,
    tahini, thyme, tomatoes, walnuts, yoghurt
""")


@shelf.kind("foods", "dish", "meal", "recipe", "menu item", "lunch", "dinner")
def food(draw: Draw) -> str:
    """Grilled trout with lemon, ..."""
    cooked = draw.pick(COOKED)
    return f"{cooked[0].upper()}{cooked[1:]} {draw.pick(DISHES)} with {draw.pick(SIDES)}"


DRINK_BASES = words("""
    beer, black tea, buttermilk, cider, cocoa, coffee, cola, fizz, green tea, iced tea, juice,
    kombucha, latte, lemonade, liqueur, milk shake, nectar, punch, smoothie, soda, spritz, syrup,
    tonic, water
""")
DRINK_WAYS = words("""
    aged, alcohol-free, bitter, chilled, cloudy, creamy, dry, fizzy, fresh, homemade, hot, iced,
    light, mild, organic, sparkling, spiced, still, strong, sugar-free, sweet, traditional
""")


@shelf.kind("drinks", "beverage", "cocktail", "juice")
def drink(draw: Draw) -> str:
    """Chilled quince lemonade, ..."""
    way = draw.pick(DRINK_WAYS)
    return f"{way[0].upper()}{way[1:]} {draw.pick(FRUITS)} {draw.pick(DRINK_BASES)}"
