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


@shelf.kind("first names", "given name", "forename", "christian name", "baby name", "middle name")
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
    "person",
    "author",
    "customer",
    "employee",
    "patient",
    "customer name",
    "employee name",
    "patient name",
    "student name",
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


shelf.choice(
    "genders",
    "sex",
    of="""
    female, male, non-binary, agender, genderfluid, transgender woman, transgender man, two-spirit,
    intersex, prefer not to say
""",
)


JOB_LEVELS = words("""
    Junior, Senior, Lead, Principal, Assistant, Associate, Deputy, Head, Chief, Trainee, Regional,
    Interim, Night-shift, Part-time, Freelance, Certified
""")
JOB_FIELDS = words("""
    Business, Clinical, Compliance, Credit, Data, Design, Education, Energy, Export, Facilities,
    Finance, Fleet, Food, Forestry, Health, Hotel, Innovation, Insurance, IT, Laboratory, Legal,
    Logistics, Maintenance, Marketing, Media, Packaging, Payroll, Planning, Production, Property,
    Purchasing, Quality, Research, Retail, Safety, Sales, Security, Software, Support, Tax,
    Training, Transport, Travel
""")


@shelf.kind("job titles", "job", "position", "role", "occupation", "profession")
def job_title(draw: Draw) -> str:
    """A job as the locale's Faker names it; sometimes with its rank and field."""
    title = _job(draw)
    return f"{draw.pick(JOB_LEVELS)} {title}, {draw.pick(JOB_FIELDS)}" if draw.composed() else title


def _job(draw: Draw) -> str:
    fake = draw.fake("job")
    if draw.gender in ("female", "male"):
        own = getattr(fake, f"job_{draw.gender}", fake.job)
        return str(own())
    return str(fake.job())
