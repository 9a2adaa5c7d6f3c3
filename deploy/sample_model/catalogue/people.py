"""Names and what else is said of persons."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words

shelf = Shelf()

HYPHENATING = frozenset(
    ["de", "fr", "nl", "sv", "da", "no", "fi", "et", "hu", "pl", "cs", "sk", "sl", "hr", "lb"]
)
RUN_TOGETHER = frozenset({"zh", "ja", "ko", "th"})
# Faker's lists for these languages are short, and their names are made of parts anyway:
# (heads of female names, their tails, heads of male names, their tails).
GIVEN_PARTS = {
    "ja": (
        "美優陽結愛莉彩千真麻由佳沙奈春夏桜花香里茜瑠琴詩心希亜恵明智",
        "子美香奈菜花乃代恵里沙音月帆穂羽希衣紀緒江絵",
        "健大翔拓直雄和正一光康秀俊隆英浩誠達龍海陸悠蒼蓮颯湊智信慶勇",
        "太斗介郎也人樹平彦夫志也生真吾輔希哉馬貴司",
    ),
    "zh": (
        "玉秀丽雅婷嘉思雨晓欣佳梦诗慧静文美淑晨语芷若紫心兰冰春彩依月",
        "玲芳娟敏燕霞红梅莉萍琳瑶妍怡洁颖雪珍娜琴蓉媛薇琪菲涵悦",
        "建国志俊浩子文天明家宇海永德正光立少伟振宏学思泽博嘉瑞晨景昊",
        "华军强平刚辉鹏杰涛斌波峰龙飞林东凯旭宁超亮轩然阳康豪",
    ),
}
VIETNAMESE_PARTS = (
    "An Anh Ánh Bảo Bích Châu Chi Cúc Diệp Diệu Dung Duyên Gia Giang Hà Hạnh Hiền Hoa Hoài Hồng "
    "Huệ Hương Khánh Kim Lan Linh Loan Ly Mai Mỹ Nga Ngân Ngọc Nguyệt Nhung Oanh Phương Quyên "
    "Quỳnh Tâm Thanh Thảo Thu Thủy Trâm Trang Trinh Tú Tuyết Uyên Vân Vy Xuân Yến",
    "An Anh Bảo Bình Công Cường Danh Đạt Đông Đức Dũng Dương Duy Hải Hào Hiếu Hoàng Hùng Huy Khải "
    "Khang Khoa Kiên Lâm Long Lộc Mạnh Minh Nam Nghĩa Nguyên Nhân Phong Phúc Quân Quang Quốc Sơn "
    "Tài Tân Thái Thắng Thành Thịnh Thiện Tiến Toàn Trí Trung Trường Tuấn Tùng Văn Việt Vinh Vũ",
)
JAPANESE_SURNAMES = (
    "山川田中村木林森石井松竹藤高小大上野原島宮水池沢谷岡崎本橋内金吉西東北南白黒青安平長"
)
SUFFIXES = words("""
    Jr., Sr., II, III, IV, PhD, MD, DDS, Esq.
""")


@shelf.kind("first names", "given name", "forename", "christian name", "baby name")
def first_name(draw: Draw) -> str:
    """A given name; a minority of them double, as in Anna-Lena or Maria Luisa."""
    joiner = "-" if draw.language in HYPHENATING else " "
    if draw.language in RUN_TOGETHER:
        joiner = ""
    return draw.chain(simple_first_name, joiner=joiner, most=4)


def simple_first_name(draw: Draw) -> str:
    """A single given name, as Faker has them."""
    gender = draw.gender
    fake = draw.fake("person")
    if gender == "unisex" and draw.language == "en":
        return str(fake.first_name_nonbinary())
    female = gender == "female" or (gender != "male" and draw.chance(0.5))
    if draw.language in GIVEN_PARTS and draw.chance(0.5):
        heads, tails = GIVEN_PARTS[draw.language][0 if female else 2 :][:2]
        middle = draw.pick(heads) if draw.composed() and draw.language == "ja" else ""
        return draw.pick(heads) + middle + draw.pick(tails)
    if draw.language == "vi" and draw.chance(0.5):
        return draw.pick(VIETNAMESE_PARTS[0 if female else 1].split())
    return str(fake.first_name_female() if female else fake.first_name_male())


@shelf.kind("middle names", "second given name")
def middle_name(draw: Draw) -> str:
    """A given name in second place."""
    return first_name(draw)


@shelf.kind("last names", "surname", "family name", "maiden name")
def last_name(draw: Draw) -> str:
    """A family name; a minority of them compound."""
    joiner = " " if draw.language in ("es", "pt", "vi") else "-"
    if draw.language in RUN_TOGETHER:
        joiner = ""
    return draw.chain(_simple_last_name, joiner=joiner, most=5)


def _simple_last_name(draw: Draw) -> str:
    if draw.language == "ja" and draw.composed():
        return "".join(draw.rng.sample(JAPANESE_SURNAMES, draw.number(2, 3)))
    fake = draw.fake("person")
    match draw.gender:
        case "female":
            return str(fake.last_name_female())
        case "male":
            return str(fake.last_name_male())
    return str(fake.last_name())


@shelf.kind(
    "full names",
    "name",
    "person name",
    "people name",
    "personal name",
    "people",
    "person",
    "customer name",
    "employee name",
    "author",
    "contact name",
    "patient name",
    "customer",
    "employee",
    "patient",
    "student name",
    "first and last name",
    "name of people",
    "name of customer",
    "name of employee",
    "name of patient",
    "name of student",
)
def full_name(draw: Draw) -> str:
    """A given name and a family name, in the order of the language."""
    first, last = simple_first_name(draw), last_name(draw)
    if draw.composed():
        first = first_name(draw)
    if draw.language in ("zh", "ja", "ko"):
        return last + first if draw.language != "ja" else f"{last} {first}"
    return f"{last} {first}" if draw.language == "hu" else f"{first} {last}"


@shelf.kind("name prefixes", "prefix", "salutation", "title of person", "honorific", bounded=True)
def prefix(draw: Draw) -> str:
    """Mr., Frau, Dott., ..."""
    fake = draw.fake("person")
    match draw.gender:
        case "female":
            return str(fake.prefix_female() or "Ms.").strip()
        case "male":
            return str(fake.prefix_male() or "Mr.").strip()
    return str(fake.prefix() or draw.pick(("Mr.", "Ms.", "Dr."))).strip()


@shelf.kind("name suffixes", "suffix", "postnominal", bounded=True)
def suffix(draw: Draw) -> str:
    """Jr., PhD, ..."""
    return draw.pick(SUFFIXES)


NICKNAME_FIRST = words("""
    Ace, Bear, Bee, Birdie, Blaze, Boo, Bubba, Buddy, Bugs, Buzz, Cap, Champ, Chief, Cookie, Coco,
    Dash, Dizzy, Doc, Duke, Fizz, Flash, Foxy, Frosty, Gizmo, Goldie, Happy, Hawk, Honey, Jazz,
    Jet, Jinx, Junior, Kit, Lefty, Lucky, Mac, Moose, Nibbles, Ozzie, Peanut, Pepper, Pickle,
    Pixie, Pudge, Red, Rocky, Rusty, Scout, Shorty, Skip, Slim, Smiley, Sparky, Speedy, Spike,
    Sunny, Tank, Tiger, Tiny, Toots, Turbo, Twiggy, Whiz, Wolf, Ziggy
""")


@shelf.kind("nicknames", "nick name", "pet name for people", "moniker")
def nickname(draw: Draw) -> str:
    """Lucky, Turbo Anna, ..."""
    nick = draw.pick(NICKNAME_FIRST)
    return f"{nick} {first_name(draw)}" if draw.chance(0.5) or draw.composed() else nick


@shelf.kind("initials", "monogram", bounded=True)
def initials(draw: Draw) -> str:
    """Two or three initials."""
    return draw.fill("?.?." if draw.chance(0.6) else "?.?.?.")


shelf.choice(
    "genders",
    "sex",
    "gender identity",
    of="""
    female, male, non-binary, agender, genderfluid, transgender woman, transgender man, two-spirit,
    intersex, prefer not to say
""",
)
shelf.choice(
    "marital statuses",
    "civil status",
    "relationship status",
    of="""
    single, married, divorced, widowed, separated, engaged, in a civil partnership
""",
)
shelf.choice(
    "family relations",
    "relationship",
    "relative",
    "kinship term",
    "family member",
    of="""
    mother, father, sister, brother, daughter, son, aunt, uncle, niece, nephew, grandmother,
    grandfather, cousin, stepmother, stepfather, half-sister, half-brother, mother-in-law,
    father-in-law, godmother, godfather, great-aunt, great-uncle, granddaughter, grandson
""",
)
shelf.choice(
    "blood types",
    "blood group",
    of="""
    A+, A-, B+, B-, AB+, AB-, O+, O-
""",
)
shelf.choice(
    "eye colours",
    "eye color",
    of="""
    brown, blue, green, hazel, grey, amber, dark brown, light blue
""",
)
shelf.choice(
    "hair colours",
    "hair color",
    of="""
    black, brown, blond, auburn, red, grey, white, chestnut, strawberry blond, dark brown
""",
)

TRAITS = words("""
    adventurous, ambitious, brave, calm, careful, cheerful, clever, confident, considerate,
    creative, curious, dependable, determined, diligent, easy-going, empathetic, energetic,
    enthusiastic, fair, faithful, friendly, funny, generous, gentle, hard-working, helpful, honest,
    humble, imaginative, impulsive, independent, inventive, kind, lively, loyal, modest, moody,
    neat, optimistic, organised, patient, persistent, polite, practical, proud, punctual, quiet,
    reliable, reserved, resourceful, sensible, sensitive, shy, sincere, sociable, stubborn,
    tactful, talkative, thoughtful, tidy, tolerant, trustworthy, witty, wise
""")


@shelf.kind("personality traits", "trait", "character trait", bounded=True)
def trait(draw: Draw) -> str:
    """patient, witty, ..."""
    return draw.pick(TRAITS)


JOB_LEVELS = words("""
    Junior, Senior, Lead, Principal, Assistant, Associate, Deputy, Head, Chief, Trainee, Regional,
    Global, Interim, Staff, Group, Night-shift, Part-time, Freelance, Certified, Mobile
""")
JOB_FIELDS = words("""
    Automation, Brand, Business, Cargo, Clinical, Cloud, Commercial, Communications, Compliance,
    Content, Credit, Customer, Data, Design, Development, Digital, Education, Energy, Engineering,
    Event, Export, Facilities, Finance, Fleet, Food, Forestry, Health, Hotel, Import, Innovation,
    Insurance, Inventory, IT, Laboratory, Legal, Logistics, Maintenance, Marketing, Media, Network,
    Operations, Packaging, Payroll, Planning, Policy, Process, Procurement, Product, Production,
    Programme, Property, Purchasing, Quality, Research, Retail, Risk, Safety, Sales, Security,
    Software, Supply Chain, Support, Systems, Tax, Technical, Training, Transport, Travel, Web
""")
JOB_ROLES = words("""
    Administrator, Advisor, Agent, Analyst, Architect, Assistant, Auditor, Buyer, Clerk,
    Consultant, Controller, Coordinator, Designer, Developer, Director, Engineer, Inspector,
    Instructor, Manager, Officer, Operator, Planner, Representative, Researcher, Scientist,
    Specialist, Strategist, Supervisor, Technician, Trainer, Writer
""")


@shelf.kind("job titles", "job", "job name", "position", "job position", "role", "job role")
def job_title(draw: Draw) -> str:
    """A job as the locale's Faker names it, or a composed English one."""
    if draw.composed() or draw.chance(0.3):
        title = f"{draw.pick(JOB_FIELDS)} {draw.pick(JOB_ROLES)}"
        return f"{draw.pick(JOB_LEVELS)} {title}" if draw.chance(0.5) else title
    return _job(draw)


def _job(draw: Draw) -> str:
    fake = draw.fake("job")
    if draw.gender in ("female", "male"):
        own = getattr(fake, f"job_{draw.gender}", fake.job)
        return str(own())
    return str(fake.job())


@shelf.kind("occupations", "profession", "trade", "vocation", "career")
def occupation(draw: Draw) -> str:
    """What someone does for a living."""
    return job_title(draw) if draw.composed() else _job(draw)


SKILL_VERBS = words("""
    Advanced, Applied, Basic, Certified, Collaborative, Creative, Cross-functional,
    Customer-facing, Data-driven, Hands-on, Multilingual, Practical, Remote, Strategic, Technical
""")
SKILL_TOPICS = words("""
    accounting, agile delivery, animation, audit, automation, bookkeeping, budgeting, business
    writing, carpentry, change, cloud infrastructure, coaching, coding, conflict, contract, copy,
    crisis, customer, cyber security, data, database, design, document, electrical, event,
    facilitation, financial, first aid, fundraising, graphic, hardware, hiring, illustration,
    inventory, language, laboratory, leadership, legal, logistics, machine, marketing, mechanical,
    media, network, nursing, office, operations, photo, plumbing, presentation, process,
    procurement, product, project, quality, research, risk, robotics, safety, sales, software,
    spreadsheet, stakeholder, statistics, stock, supply chain, teaching, team, testing, time,
    translation, vehicle, video, warehouse, web, welding, workshop
""")
SKILL_DEEDS = words("""
    administration, analysis, architecture, assessment, communication, control, coordination,
    design, development, documentation, editing, evaluation, forecasting, implementation,
    improvement, integration, maintenance, management, mediation, modelling, monitoring,
    negotiation, optimisation, organisation, planning, production, reporting, review, strategy,
    support, training, troubleshooting, visualisation, writing
""")


@shelf.kind("skills", "competence", "competency", "ability", "talent", "qualification")
def skill(draw: Draw) -> str:
    """Risk assessment, practical team coordination, ..."""
    text = f"{draw.pick(SKILL_TOPICS)} {draw.pick(SKILL_DEEDS)}"
    if draw.chance(0.2) or draw.composed():
        return f"{draw.pick(SKILL_VERBS)} {text}"
    return text[0].upper() + text[1:]


DEGREES = words("""
    Bachelor of Arts, Bachelor of Science, Bachelor of Engineering, Master of Arts, Master of
    Science, Master of Engineering, Doctor of Philosophy, Diploma, Postgraduate Certificate,
    Associate Degree, Master of Business Administration, Licentiate, Higher Diploma
""")
SUBJECTS = words("""
    Accounting, Acoustics, Aerospace Engineering, Agriculture, Anthropology, Archaeology,
    Architecture, Art History, Astronomy, Biochemistry, Biology, Botany, Chemistry, Civil
    Engineering, Classics, Computer Science, Criminology, Data Science, Dentistry, Design, Ecology,
    Economics, Education, Electrical Engineering, Energy Systems, Ethics, Film Studies, Finance,
    Forestry, Genetics, Geography, Geology, Graphic Design, History, Horticulture, Hospitality,
    Human Rights, Informatics, International Law, Journalism, Landscape Planning, Law, Linguistics,
    Literature, Logistics, Marine Biology, Marketing, Materials Science, Mathematics, Mechanical
    Engineering, Media Studies, Medicine, Meteorology, Microbiology, Music, Nursing, Nutrition,
    Oceanography, Pharmacy, Philosophy, Photography, Physics, Physiology, Political Science,
    Psychology, Public Health, Robotics, Sociology, Software Engineering, Statistics, Surveying,
    Theatre, Theology, Tourism, Translation, Urban Planning, Veterinary Medicine, Zoology
""")


@shelf.kind("academic degrees", "degree", "university degree", "diploma")
def degree(draw: Draw) -> str:
    """Bachelor of Science in Botany, ..."""
    base = f"{draw.pick(DEGREES)} in {draw.pick(SUBJECTS)}"
    return f"{base} and {draw.pick(SUBJECTS)}" if draw.chance(0.25) or draw.composed() else base


@shelf.kind("school subjects", "subject", "course", "field of study", "academic discipline")
def subject(draw: Draw) -> str:
    """Botany, Introduction to Ethics, Law and Music II, ..."""
    topic = draw.pick(SUBJECTS)
    if draw.chance(0.5) and not draw.composed():
        return topic
    topic = f"{topic} and {draw.pick(SUBJECTS)}" if draw.chance(0.7) else topic
    return draw.pick(
        (
            "Introduction to {}",
            "Advanced {}",
            "{} in Practice",
            "{} Workshop",
            "{} I",
            "{} II",
            "Principles of {}",
            "History of {}",
            "{} Seminar",
        )
    ).format(topic)
