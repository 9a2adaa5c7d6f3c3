"""Medicine. Drugs and trials are invented; nothing here is advice."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words
from deploy.sample_model.catalogue.people import last_name
from deploy.sample_model.catalogue.places import city

shelf = Shelf()

HOSPITAL_FORMS = words(
    """
    {} General Hospital, {} University Hospital, {} Medical Center, {} Clinic, St. {} Hospital, {}
    Children's Hospital, {} Community Hospital, {} Regional Hospital, {} Heart Institute, {}
    Memorial Hospital
"""
)


@shelf.kind(
    "hospitals",
    "hospital name",
    "clinic",
    "medical center",
    "medical centre",
    "health centre",
    "medical facility",
)
def hospital(draw: Draw) -> str:
    """X General Hospital, ..."""
    place = city(draw) if draw.chance(0.5) else last_name(draw)
    return draw.pick(HOSPITAL_FORMS).format(place)


DRUG_HEADS = words("""
    Abi, Acto, Adi, Albu, Alvi, Ambro, Ami, Ari, Ato, Axi, Beta, Bosu, Cabo, Cala, Cefo, Cilo,
    Cori, Dali, Dexo, Dolu, Eli, Ena, Eri, Etro, Fino, Flu, Gali, Geno, Hali, Ibo, Imi, Ixo, Kela,
    Lami, Levo, Lisi, Lora, Mela, Meto, Mira, Nali, Nebi, Nico, Oli, Omi, Oxa, Pali, Peni, Pra,
    Quini, Rami, Rosi, Sali, Sero, Tada, Telmi, Tica, Uro, Vala, Veno, Vila, Xeno, Zali, Zolo
""")
DRUG_MIDDLES = words(
    """
    bre, ca, ce, cla, cro, da, de, di, fe, fi, ga, glu, la, le, li, ma, me, mo, na, ni, pa, pe,
    pra, ra, ri, ro, sa, se, ta, te, ti, va, ve, xa, za
"""
)
DRUG_TAILS = words("""
    bicin, cillin, cin, dipine, done, fenac, lamide, lol, mab, micin, mycin, nacin, nib, olone,
    olol, oprazole, parin, pine, pram, pril, profen, sartan, semide, statin, tadine, tidine, tinib,
    triptan, vir, xaban, zepam, zide, zole, zumab
""")


@shelf.kind(
    "drugs",
    "medicine",
    "medication",
    "drug name",
    "pharmaceutical",
    "medicinal product",
    "prescription",
    "prescription drug",
    "medication name",
)
def drug(draw: Draw) -> str:
    """An invented generic name; sometimes with a dose."""
    middle = draw.pick(DRUG_MIDDLES) if draw.chance(0.5) or draw.composed() else ""
    name = draw.pick(DRUG_HEADS) + middle + draw.pick(DRUG_TAILS)
    return (
        f"{name} {draw.pick((5, 10, 20, 25, 50, 100, 250, 500))} mg" if draw.chance(0.25) else name
    )


SIDES = words("""
    left, right, bilateral
""")
COURSES = words("""
    Acute, Chronic, Recurrent, Mild, Moderate, Severe, Congenital, Idiopathic, Secondary, Seasonal,
    Allergic, Bacterial, Viral, Traumatic, Postoperative, Atypical, Early-stage, Advanced
""")
SITES = words("""
    abdominal, ankle, aortic, bladder, bone, bronchial, cardiac, cervical, colonic, corneal,
    coronary, cranial, dental, duodenal, ear, elbow, eyelid, facial, femoral, finger, foot,
    gastric, hand, hepatic, hip, intestinal, jaw, knee, laryngeal, lumbar, mitral, muscular, nasal,
    neck, optic, pancreatic, pelvic, pharyngeal, pulmonary, rectal, renal, retinal, rib, shoulder,
    sinus, skin, spinal, splenic, tendon, thoracic, thyroid, tonsillar, ureteral, venous,
    vertebral, wrist
""")
CONDITIONS = words("""
    abscess, adhesion, atrophy, bleeding, bursitis, calcification, cyst, degeneration, disorder,
    dysplasia, embolism, erosion, fibrosis, fistula, fracture, hernia, hyperplasia, infarction,
    infection, inflammation, injury, insufficiency, ischaemia, laceration, lesion, malformation,
    neuralgia, obstruction, oedema, pain, paralysis, perforation, polyp, prolapse, rupture, spasm,
    sprain, stenosis, strain, swelling, syndrome, thrombosis, trauma, tumour, ulcer
""")


@shelf.kind(
    "diagnoses",
    "diagnosis",
    "disease",
    "illness",
    "medical condition",
    "disorder",
    "health condition",
    "ailment",
)
def diagnosis(draw: Draw) -> str:
    """Chronic renal insufficiency, ..."""
    text = f"{draw.pick(COURSES)} {draw.pick(SITES)} {draw.pick(CONDITIONS)}"
    return f"{text}, {draw.pick(SIDES)}" if draw.composed() else text


shelf.choice(
    "symptoms",
    "complaint",
    "medical symptom",
    of="""
    abdominal cramps, back pain, bleeding gums, blurred vision, chest pain, chills, cold hands,
    constipation, cough, dehydration, diarrhoea, dizziness, double vision, dry mouth, earache,
    fainting, fatigue, fever, hair loss, headache, heartburn, hiccups, hoarseness, hot flushes,
    indigestion, insomnia, itching, joint pain, loss of appetite, loss of smell, memory loss,
    muscle pain, nausea, neck stiffness, night sweats, nosebleed, numbness, pale skin,
    palpitations, rash, ringing in the ears, runny nose, shivering, shortness of breath, sneezing,
    sore throat, stomach ache, sweating, swollen glands, thirst, tiredness, toothache, trembling,
    vomiting, weakness, weight gain, weight loss, wheezing
""",
)
shelf.choice(
    "medical specialties",
    "medical speciality",
    "branch of medicine",
    "medical field",
    "specialty",
    "medical discipline",
    "medical department",
    of="""
    Allergology, Anaesthesiology, Angiology, Cardiology, Cardiac Surgery, Clinical Genetics,
    Dentistry, Dermatology, Emergency Medicine, Endocrinology, Family Medicine, Forensic Medicine,
    Gastroenterology, General Practice, General Surgery, Geriatrics, Gynaecology, Haematology, Hand
    Surgery, Hepatology, Immunology, Infectious Diseases, Intensive Care, Internal Medicine,
    Microbiology, Neonatology, Nephrology, Neurology, Neurosurgery, Nuclear Medicine, Obstetrics,
    Occupational Medicine, Oncology, Ophthalmology, Orthopaedics, Otolaryngology, Paediatric
    Surgery, Paediatrics, Pain Medicine, Palliative Care, Pathology, Pharmacology, Plastic Surgery,
    Psychiatry, Psychosomatic Medicine, Public Health, Pulmonology, Radiology, Rehabilitation,
    Rheumatology, Sleep Medicine, Sports Medicine, Thoracic Surgery, Transfusion Medicine,
    Traumatology, Tropical Medicine, Urology, Vascular Surgery
""",
)
shelf.choice(
    "allergies",
    "allergen",
    "food allergy",
    "intolerance",
    of="""
    almonds, bee stings, birch pollen, cat hair, celery, chicken eggs, cow's milk, crab, dog hair,
    dust mites, fish, gluten, grass pollen, hazel pollen, hazelnuts, horse hair, kiwi, lactose,
    latex, lobster, lupin, mould, mugwort, mussels, mustard, nickel, peanuts, penicillin, perfume,
    prawns, ragweed, sesame, soya, sulphites, walnuts, wasp stings, wheat, wool
""",
)
PROCEDURES = words("""
    ablation, angiography, arthroscopy, aspiration, biopsy, bypass, catheterisation, decompression,
    drainage, endoscopy, excision, grafting, imaging, implantation, injection, irrigation,
    ligation, MRI scan, puncture, reconstruction, repair, replacement, resection, stenting, suture,
    transplantation, ultrasound, X-ray
""")


@shelf.kind(
    "medical procedures", "surgery", "treatment", "therapy", "surgical procedure", "procedure"
)
def procedure(draw: Draw) -> str:
    """Laparoscopic gastric repair, ..."""
    way = draw.pick(
        (
            "Open",
            "Laparoscopic",
            "Robot-assisted",
            "Percutaneous",
            "Emergency",
            "Elective",
            "Repeat",
            "Partial",
            "Complete",
            "Minimally invasive",
            "Diagnostic",
            "Guided",
        )
    )
    text = f"{way} {draw.pick(SITES)} {draw.pick(PROCEDURES)}"
    return f"{text}, {draw.pick(SIDES)}" if draw.chance(0.2) or draw.composed() else text
