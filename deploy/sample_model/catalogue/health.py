"""Medicine. Diagnoses are put together by chance; nothing here is advice."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words

shelf = Shelf()


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
