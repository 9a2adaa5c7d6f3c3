"""Companies, their products and their parts."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words
from deploy.sample_model.catalogue.people import last_name

shelf = Shelf()

COMPANY_FIELDS = words("""
    Analytics, Bakery, Builders, Capital, Ceramics, Chemicals, Consulting, Dynamics, Electronics,
    Energy, Foods, Foundry, Furniture, Games, Glass, Health, Hotels, Insurance, Labs, Logistics,
    Machines, Media, Motors, Optics, Partners, Pharma, Plastics, Press, Robotics, Software, Solar,
    Studios, Systems, Telecom, Textiles, Tools, Travel, Works
""")


@shelf.kind(
    "companies",
    "business",
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
)
def company(draw: Draw) -> str:
    """A company of the locale."""
    if draw.composed():
        return f"{last_name(draw)} & {last_name(draw)} {draw.pick(COMPANY_FIELDS)}"
    return draw.ask("company", "company")


QUALITIES = words("""
    Adjustable, Aluminium, Bamboo, Classic, Compact, Cordless, Deluxe, Digital, Durable, Eco,
    Elegant, Ergonomic, Folding, Glass, Handmade, Heavy-Duty, Insulated, Leather, Lightweight,
    Magnetic, Mini, Modern, Modular, Natural, Oak, Outdoor, Pocket, Portable, Premium, Quiet,
    Rechargeable, Recycled, Retro, Smart, Solar, Steel, Travel, Vintage, Waterproof, Wireless
""")
GOODS = words("""
    Alarm Clock, Armchair, Backpack, Basket, Belt, Bench, Blanket, Blender, Bookcase, Bottle,
    Bowl, Bread Knife, Camera, Carpet, Chair, Charger, Coffee Grinder, Cushion, Desk, Desk Lamp,
    Drill, Drone, Earphones, Fan, Flashlight, Frying Pan, Gloves, Hammer, Hat, Headphones, Heater,
    Helmet, Iron, Jacket, Kettle, Keyboard, Ladder, Loudspeaker, Lunch Box, Microphone, Mirror,
    Monitor, Mug, Notebook, Pen, Pillow, Power Bank, Printer, Radio, Router, Saucepan, Scarf,
    Shelf, Sleeping Bag, Sofa, Suitcase, Sunglasses, Table, Teapot, Tent, Toaster, Toolbox, Towel,
    Umbrella, Vase, Wallet, Watch, Webcam
""")


@shelf.kind("products", "article", "goods", "merchandise", "gadget")
def product(draw: Draw) -> str:
    """Quality and thing; sometimes a series and a number."""
    name = f"{draw.pick(QUALITIES)} {draw.pick(GOODS)}"
    if draw.chance(0.3) or draw.composed():
        name += " " + draw.fill(draw.pick(("?##", "?# Pro", "?## Plus", "#00", "?#0", "??#")))
    return name
