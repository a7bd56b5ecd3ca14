"""Makes Anki packages with the real library. See scripts/anki-fixtures."""

import base64
import contextlib
import json
import os
import random
import resource
import sys
import tempfile
import time

import anki.lang

anki.lang.set_lang("en")
from anki.collection import Collection  # noqa: E402

# One red pixel, and a sound file of a few bytes: enough to be told apart.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
)
SOUND = b"ID3\x03\x00\x00\x00\x00\x00\x00 no sound, only a test"


def new_collection(folder):
    return Collection(os.path.join(folder, "collection.anki2"))


def add(col, kind, deck, fields, tags=(), guid=None):
    model = col.models.by_name(kind)
    note = col.new_note(model)
    for name, value in fields.items():
        note[name] = value
    note.tags = list(tags)
    if guid:
        note.guid = guid
    col.add_note(note, col.decks.id(deck))
    return note


def custom_type(col):
    model = col.models.new("Imaging question")
    for name in ["Stem", "Correct study", "Explanation", "Reference", "Extra topic"]:
        col.models.add_field(model, col.models.new_field(name))
    template = col.models.new_template("Card 1")
    template["qfmt"] = "{{Stem}}"
    template["afmt"] = "{{FrontSide}}<hr id=answer>{{Correct study}}<br>{{Explanation}}"
    col.models.add_template(model, template)
    col.models.add(model)


def fill(col):
    """The notes every small package holds."""
    media = os.path.join(os.path.dirname(col.path), "in")
    os.makedirs(media, exist_ok=True)
    for name, data in [("ct head.png", PIXEL), ("murmur.mp3", SOUND), ("unused.png", PIXEL + b"x")]:
        with open(os.path.join(media, name), "wb") as f:
            f.write(data)
        col.media.add_file(os.path.join(media, name))
    custom_type(col)
    add(col, "Basic", "Step2::Neuro::Stroke", {
        "Front": "First study in acute <b>stroke</b>?",
        "Back": "Noncontrast CT head<br><ul><li>fast</li><li>shows blood</li></ul>",
    }, ["Step2::Neuro", "marked", "high-yield"], guid="basic-guid")
    add(col, "Basic (and reversed card)", "Step2::Neuro", {"Front": "CTA", "Back": "CT angiography"}, guid="rev-guid")
    add(col, "Basic (optional reversed card)", "Step2::Neuro",
        {"Front": "V/Q", "Back": "ventilation-perfusion scan", "Add Reverse": "y"}, guid="opt-yes")
    add(col, "Basic (optional reversed card)", "Step2::Neuro",
        {"Front": "MRCP", "Back": "MR of the bile ducts", "Add Reverse": ""}, guid="opt-no")
    add(col, "Basic (type in the answer)", "Step2", {"Front": "eGFR under which gadolinium group I is avoided",
        "Back": "30 mL/min/1.73 m<sup>2</sup>"}, guid="type-guid")
    add(col, "Cloze", "Step2::Chest", {
        "Text": "Wells over {{c1::4::number}} makes PE {{c2::likely}}; then {{c1::CTPA}}.",
        "Back Extra": "O<sub>2</sub> &lt; 90% is not part of it",
    }, ["pe"], guid="cloze-guid")
    add(col, "Imaging question", "Other deck", {
        "Stem": "Picture: <img src=\"ct head.png\"> [sound:murmur.mp3]",
        "Correct study": "MRI",
        "Explanation": "<table><tr><td>a</td><td>b</td></tr></table>",
        "Reference": "ACR 2023",
        "Extra topic": "Neuro &amp; more",
    }, guid="custom-guid")
    occlusion = col.models.by_name("Image Occlusion")
    if occlusion:
        note = col.new_note(occlusion)
        note.fields[0] = "{{c1::image-occlusion:rect:left=.1:top=.1:width=.1:height=.1}}"
        note.fields[1] = '<img src="ct head.png">'
        note.guid = "occlusion-guid"
        col.add_note(note, col.decks.id("Other deck"))


def study(col):
    """Answers some cards, so that there is a review log: again, hard, good, easy by turns."""
    for deck in ["Step2", "Other deck"]:
        col.decks.select(col.decks.id(deck))
        for turn in range(8):
            queued = col.sched.get_queued_cards()
            if not queued.cards:
                break
            card = col.get_card(queued.cards[0].card.id)
            card.start_timer()
            answer(col, card, queued.cards[0], turn % 4)


def answer(col, card, queued, rating):
    col.sched.answer_card(col.sched.build_answer(card=card, states=queued.states, rating=rating))


def export_apkg(col, path, legacy, scheduling=True):
    try:
        from anki.collection import ExportAnkiPackageOptions

        col.export_anki_package(
            out_path=path,
            options=ExportAnkiPackageOptions(
                with_scheduling=scheduling, with_deck_configs=False, with_media=True, legacy=legacy
            ),
            limit=None,
        )
    except (ImportError, AttributeError, TypeError):
        # Until 23.10 the arguments stood by themselves.
        col.export_anki_package(
            out_path=path, limit=None, with_scheduling=scheduling, with_media=True, legacy_support=legacy
        )


def export_old(col, path):
    """The exporter of Anki 2.1 before 2.1.55: a package without a meta file."""
    from anki.exporting import AnkiPackageExporter

    exporter = AnkiPackageExporter(col)
    exporter.includeSched = False
    exporter.exportInto(path)


def small(version, folder):
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        col = new_collection(scratch)
        fill(col)
        study(col)
        expected(col, os.path.join(folder, f"expected-{version}.json"))
        # The python exporter of old times closes the collection in colpkg exports, so packages come first.
        export_apkg(col, os.path.join(folder, f"current-{version}.apkg"), legacy=False)
        export_apkg(col, os.path.join(folder, f"legacy-{version}.apkg"), legacy=True)
        try:
            export_old(col, os.path.join(folder, f"old-{version}.apkg"))
        except Exception as e:  # not in every version
            print(f"no old exporter: {e}", file=sys.stderr)
        for legacy, name in [(True, "legacy"), (False, "current")]:
            path = os.path.join(folder, f"{name}-{version}.colpkg")
            col.export_collection_package(path, include_media=True, legacy=legacy)
            col.reopen()
        col.close()


def expected(col, path):
    """What Anki itself says: the log by GUID and card, to compare with."""
    rows = col.db.all(
        "select n.guid, c.ord, r.id, r.ease, r.type from revlog r join cards c on c.id = r.cid "
        "join notes n on n.id = c.nid order by r.id"
    )
    with open(path, "w") as f:
        json.dump({"reviews": rows}, f, indent=1)
        f.write("\n")


WORDS = """acute chronic pain fever pregnant renal stone appendix bowel gallbladder aorta pulmonary embolism stroke
contrast iodinated gadolinium ultrasound radiograph tomography resonance scan first next best study result positive
negative abdomen pelvis chest head neck spine knee shoulder wrist child adult trauma stable unstable""".split()


def large(count, path):
    """A package like those students share: short texts, a third of the fields with markup, some pictures."""
    chance = random.Random(7)

    def words(n):
        return " ".join(chance.choice(WORDS) for _ in range(n))

    with tempfile.TemporaryDirectory() as scratch:
        col = new_collection(scratch)
        media = os.path.join(scratch, "in")
        os.makedirs(media)
        pictures = max(1, count // 100)
        for i in range(pictures):
            name = os.path.join(media, f"picture-{i}.png")
            with open(name, "wb") as f:
                f.write(PIXEL + chance.randbytes(20_000))
            col.media.add_file(name)
        basic, cloze = col.models.by_name("Basic"), col.models.by_name("Cloze")
        decks = [col.decks.id(f"Big::Domain {i}") for i in range(10)]
        for i in range(count):
            if i % 3 == 0:
                note = col.new_note(cloze)
                note.fields[0] = f"{words(8)} {{{{c1::{words(2)}}}}} {words(5)} {{{{c2::{words(1)}::hint}}}}"
                note.fields[1] = f"<div>{words(12)}</div><div><b>{words(3)}</b> &amp; {words(4)}</div>"
            else:
                note = col.new_note(basic)
                note.fields[0] = words(15) + "?"
                note.fields[1] = words(10) if i % 3 == 1 else f"{words(4)}<br><ul><li>{words(5)}</li><li>{words(5)}</li></ul>"
                if i % 50 == 1:
                    note.fields[1] += f'<br><img src="picture-{i // 50 % pictures}.png">'
            note.tags = [f"topic::{i % 40}", "big"]
            col.add_note(note, decks[i % 10])
        export_apkg(col, path, legacy=False)
        col.close()


def take(col, path):
    """Imports a package, with the importer of the version."""
    try:
        from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest
    except ImportError:
        from anki.importing.apkg import AnkiPackageImporter

        AnkiPackageImporter(col, path).run()
        return
    col.import_anki_package(ImportAnkiPackageRequest(
        package_path=path, options=ImportAnkiPackageOptions(with_scheduling=True)
    ))


def import_package(path, folder=None):
    """Imports into a fresh collection and prints CPU seconds, peak memory in MB and how many notes came. The collection
    stays when a folder for it is given."""
    with contextlib.nullcontext(folder) if folder else tempfile.TemporaryDirectory() as scratch:
        col = new_collection(scratch)
        start, wall = time.process_time(), time.monotonic()
        take(col, path)
        print(json.dumps({
            "cpu_s": round(time.process_time() - start, 3),
            "wall_s": round(time.monotonic() - wall, 3),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
            "notes": col.note_count(),
        }))
        col.close()


def again(path, out):
    """What a package is like after it has been through Anki."""
    with tempfile.TemporaryDirectory() as scratch:
        col = new_collection(scratch)
        take(col, path)
        export_apkg(col, out, legacy=False)
        col.close()


def main():
    version, args = sys.argv[1], sys.argv[2:]
    if args[0] == "--large":
        large(int(args[1]), os.path.abspath(args[2]))
    elif args[0] == "--import":
        import_package(*map(os.path.abspath, args[1:3]))
    elif args[0] == "--again":
        again(os.path.abspath(args[1]), os.path.abspath(args[2]))
    else:
        small(version, os.path.abspath(args[0]))


main()
