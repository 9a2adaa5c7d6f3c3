"""Companies, their products and their parts."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words
from deploy.sample_model.catalogue.people import last_name

shelf = Shelf()

COMPANY_FIELDS = words("""
    Analytics, Bakery, Builders, Capital, Catering, Ceramics, Chemicals, Coatings, Consulting,
    Dynamics, Electronics, Energy, Films, Foods, Foundry, Freight, Furniture, Games, Glass, Health,
    Holdings, Hotels, Insurance, Labs, Logistics, Machines, Media, Metals, Mobility, Motors,
    Optics, Packaging, Partners, Pharma, Plastics, Press, Robotics, Shipping, Software, Solar,
    Studios, Systems, Telecom, Textiles, Timber, Tools, Toys, Travel, Ventures, Works
""")


@shelf.kind(
    "companies",
    "company name",
    "business",
    "business name",
    "firm",
    "organisation",
    "organization",
    "enterprise",
    "corporation",
    "employer",
    "supplier",
    "vendor",
    "startup",
    "manufacturer",
    "client company",
    "organization name",
)
def company(draw: Draw) -> str:
    """A company of the locale."""
    if draw.composed():
        owner = last_name(draw)
        return f"{owner} {brand(draw)} {draw.pick(COMPANY_FIELDS)}"
    return draw.ask("company", "company")


UNITS = words("""
    Accounts Payable, Accounts Receivable, Administration, Audit, Business Development, Catering,
    Communications, Compliance, Controlling, Corporate Strategy, Customer Care, Data Protection,
    Design, Dispatch, Engineering, Events, Export, Facility Management, Finance, Fleet Management,
    Fundraising, Goods Inward, Health and Safety, Human Resources, Information Technology,
    Innovation, Internal Audit, Inventory, Investor Relations, Laboratory, Legal Affairs,
    Logistics, Maintenance, Marketing, Materials, Online Sales, Operations, Packaging, Patents,
    Payroll, Planning, Product Management, Production, Project Office, Public Relations,
    Purchasing, Quality Assurance, Reception, Recruiting, Research and Development, Risk
    Management, Sales, Security, Service Desk, Shipping, Software Development, Supply Chain,
    Sustainability, Tax, Technical Support, Training, Translation, Treasury, Vendor Management,
    Warehouse, Workshop
""")
REGIONS = words("""
    North, South, East, West, Central, EMEA, Americas, Asia Pacific, Nordics, Iberia, Benelux,
    DACH, Export Markets, Key Accounts, Small Business, Public Sector, Headquarters, Night Shift,
    Plant 1, Plant 2, Plant 3, Site A, Site B, Site C
""")


@shelf.kind("departments", "division", "business unit", "team", "company department")
def department(draw: Draw) -> str:
    """Payroll, Sales North, Dispatch and Treasury, ..."""
    unit = draw.pick(UNITS)
    if not draw.composed() and draw.chance(0.8):
        return unit
    other = draw.pick(UNITS)
    joined = f"{unit} and {other}" if other != unit and draw.chance(0.7) else unit
    return f"{joined}, {draw.pick(REGIONS)}" if draw.chance(0.8) else joined


BRAND_HEADS = words("""
    Ac, Al, Ar, Bel, Bri, Cal, Cen, Cor, Dal, Del, Do, El, En, Fa, Fen, Flo, Gal, Glo, Har, Hel,
    In, Iv, Jo, Ka, Kel, Ki, La, Len, Lo, Lu, Ma, Mel, Mo, Na, Ne, No, Nu, Or, Pa, Pel, Pri, Qua,
    Ra, Re, Ri, Sa, Sel, So, Sy, Ta, Tel, Tri, Ul, Va, Vel, Vi, Vo, Wel, Xe, Ya, Za, Zel, Zo
""")
BRAND_MIDDLES = words(
    """
    ba, be, bi, ca, da, de, di, fi, ga, go, ka, la, le, li, lo, ma, me, mi, mo, na, ne, ni, no, pa,
    pe, ra, re, ri, ro, sa, se, ta, te, ti, to, va, ve, vi, za
"""
)
BRAND_TAILS = words("""
    ba, cor, dex, dia, do, ex, fy, gen, go, ia, io, ix, ka, la, lex, ly, max, mo, na, nix, no, on,
    ora, os, ra, ria, ro, sa, so, ta, ton, tra, va, via, vo, x, xa, za, zen, zo
""")


def brand(draw: Draw) -> str:
    """An invented word with a good sound."""
    middle = draw.pick(BRAND_MIDDLES) if draw.chance(0.6) or draw.composed() else ""
    return draw.pick(BRAND_HEADS) + middle + draw.pick(BRAND_TAILS)


QUALITIES = words("""
    Adjustable, Aluminium, Bamboo, Classic, Compact, Cordless, Cotton, Deluxe, Digital, Durable,
    Eco, Elegant, Ergonomic, Essential, Folding, Glass, Granite, Handmade, Heavy-Duty, Insulated,
    Leather, Lightweight, Linen, Magnetic, Mini, Modern, Modular, Natural, Oak, Organic, Outdoor,
    Pocket, Portable, Premium, Professional, Quiet, Rechargeable, Recycled, Retro, Rustic, Silent,
    Silicone, Slim, Smart, Soft, Solar, Stackable, Steel, Sturdy, Thermal, Travel, Ultra,
    Universal, Vintage, Waterproof, Wireless, Wooden, Woollen
""")
GOODS = words("""
    Alarm Clock, Armchair, Backpack, Basket, Bath Mat, Bedside Lamp, Belt, Bench, Bicycle Pump,
    Blanket, Blender, Bookcase, Bottle, Bowl, Bracelet, Bread Knife, Briefcase, Broom, Camera,
    Candle Holder, Carpet, Chair, Charger, Chopping Board, Coat Hanger, Coffee Grinder, Cooler,
    Cupboard, Curtain, Cushion, Desk, Desk Lamp, Door Mat, Drill, Drone, Dumbbell, Earphones,
    Espresso Machine, Fan, File Box, Flashlight, Frying Pan, Garden Hose, Gloves, Hammer, Hand
    Mixer, Hat, Headphones, Heater, Helmet, Humidifier, Iron, Jacket, Juicer, Kettle, Keyboard,
    Ladder, Laptop Stand, Lawn Mower, Letter Opener, Loudspeaker, Lunch Box, Measuring Tape,
    Microphone, Mirror, Monitor, Mouse, Mug, Notebook, Office Chair, Paint Roller, Pen, Pillow,
    Plant Pot, Power Bank, Printer, Projector, Purse, Radio, Rice Cooker, Router, Rucksack, Sander,
    Saucepan, Saw, Scale, Scarf, Screwdriver, Shelf, Shower Head, Sleeping Bag, Sofa, Spice Rack,
    Stapler, Stool, Suitcase, Sunglasses, Table, Tablet Case, Teapot, Tent, Thermometer, Toaster,
    Toolbox, Toothbrush, Torch, Towel, Tripod, Umbrella, Vacuum Cleaner, Vase, Wallet, Wardrobe,
    Watch, Water Filter, Webcam, Whiteboard, Wrench, Yoga Mat
""")


@shelf.kind(
    "products",
    "product name",
    "article",
    "goods",
    "merchandise",
    "consumer product",
    "gadget",
    "article name",
)
def product(draw: Draw) -> str:
    """Quality and thing; sometimes a series and a number."""
    name = f"{draw.pick(QUALITIES)} {draw.pick(GOODS)}"
    if draw.chance(0.3) or draw.composed():
        name += " " + draw.fill(draw.pick(("?##", "?# Pro", "?## Plus", "#00", "?#0", "??#")))
    return name


shelf.choice(
    "product categories",
    "product group",
    "category",
    "shop category",
    "department store section",
    of="""
    Appliances, Art Supplies, Audio, Baby Care, Bags, Bathroom, Bedding, Bicycles, Books, Cameras,
    Camping, Car Accessories, Carpets, Clothing, Computers, Cookware, Cosmetics, Curtains,
    Decoration, Drinks, Fishing, Fitness, Flowers, Food, Footwear, Furniture, Games, Garden, Gifts,
    Groceries, Hardware, Health, Heating, Hobbies, Household, Jewellery, Kitchen, Lighting,
    Luggage, Magazines, Mobile Phones, Music, Office, Outdoor, Paint, Party, Pets, Photography,
    Plumbing, Printers, Security, Shoes, Software, Sports, Stationery, Storage, Tableware,
    Televisions, Textiles, Tools, Toys, Travel, Watches, Wearables
""",
)
