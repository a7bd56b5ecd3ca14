"""Imports the packages in a folder with the `anki` library and checks what arrives. Run by scripts/apkg-check."""

import contextlib
import datetime
import html
import io
import json
import os
import sys
import tempfile
import time

import anki.lang

anki.lang.set_lang("en")
from anki.collection import Collection  # noqa: E402

FOLDER = sys.argv[1]
# The part of a deck's description that people read.
PEOPLE = (
    "Stroke &amp; more:<br>only &lt;samples&gt;.<br>Version 1.<br>By Anna, Ben.<br>License: CC-BY-4.0."
)
checked = 0


def check(what, good, detail=""):
    global checked
    checked += 1
    if not good:
        sys.exit(f"  FAILED: {what}: {detail}")


def is_(what, got, want):
    check(what, got == want, f"got {got!r}, want {want!r}")


def load(col, name, progress=False):
    path = os.path.join(FOLDER, name)
    with contextlib.redirect_stdout(io.StringIO()):  # it tells when an import takes more than 0.2 s
        load_quietly(col, path, progress)


def load_quietly(col, path, progress):
    try:
        from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest
    except ImportError:
        # Before 23.10 the importer was written in Python.
        from anki.importing.apkg import AnkiPackageImporter

        AnkiPackageImporter(col, path).run()
        return
    options = ImportAnkiPackageOptions(with_scheduling=progress, merge_notetypes=False)
    col.import_anki_package(ImportAnkiPackageRequest(package_path=path, options=options))


def empty(folder):
    return Collection(os.path.join(folder, "collection.anki2"))


def notes(col):
    return {n["Key"]: n for n in (col.get_note(i) for i in col.find_notes(""))}


def content(folder):
    col = empty(folder)
    load(col, "first.apkg")
    found = notes(col)
    is_("notes", sorted(found), ["stroke/b-1", "stroke/rlq-pregnant", "stroke/tnk"])
    is_("cards", len(col.find_cards("")), 4)
    is_("all are new", len(col.find_cards("is:new")), 4)
    is_("deck", len(col.find_cards('deck:"Stroke: \\"sample\\""')), 4)
    about = col.decks.by_name('Stroke: "sample"')["desc"]
    check("what the deck says of itself", about.startswith(PEOPLE + "<!--scanwise {") and about.endswith("}-->"), about)
    is_("its header", json.loads(about.split("<!--scanwise ")[1][:-3])["authors"], ["Anna", "Ben"])
    decision, basic, cloze = found["stroke/rlq-pregnant"], found["stroke/b-1"], found["stroke/tnk"]
    is_("tags", sorted(decision.tags), ["appendicitis", "domain::obstetrics-gynecology", "family::rlq-pain"])
    is_("note types", [n.note_type()["name"] for n in (decision, basic, cloze)], ["scanwise"] * 2 + ["scanwise cloze"])
    for key, note in found.items():
        is_(f"{key} as JSON", json.loads(html.unescape(note["Card"]))["id"], key.split("/")[1])

    card = decision.cards()[0]
    front, back = card.question(), card.answer()
    for option in ("MRI", "CT", "Admit and repeat ultrasound"):
        check("option on the front", option in front, option)
    check("the front gives nothing away", "No radiation" not in front and "delays" not in front, front)
    check("escaped", "&lt;90 &amp; falling.<br>" in front, front)
    for words in ("✓ best", "✗ delays", "No radiation, no contrast.", "Pregnant: ultrasound first", "Appendectomy.",
                  "no ionizing radiation", "Right Lower Quadrant Pain"):
        check("on the back", words in back, words)
    check("no template is left over", "{{" not in front + back, back)
    check("picture", '<img src="head%20ct.png">' in basic.cards()[0].question()
          or '<img src="head ct.png">' in basic.cards()[0].question(), basic.cards()[0].question())
    check("picture arrives", os.path.exists(os.path.join(col.media.dir(), "head ct.png")))
    asked = [c.question() for c in cloze.cards()]
    check("cloze", "[dose]" in asked[0] and "&lt;4.5 h" in asked[0] and "[...]" in asked[1], asked)
    check("cloze answered", "0.25 mg/kg" in cloze.cards()[0].answer() and "One bolus." in cloze.cards()[0].answer())
    media = col.media.check()
    is_("media missing, unused", (list(media.missing), list(media.unused)), ([], []))
    report, sound = col.fix_integrity()
    check("database", sound, report)

    # The student learns the card in Anki and restyles the note type; the deck's author goes on; an import follows.
    card.type, card.queue, card.ivl, card.due, card.factor = 2, 2, 17, 40, 2310
    col.update_card(card)
    styled = col.models.by_name("scanwise")
    styled["css"] += "/* my own */"
    col.models.update_dict(styled)
    guids = {k: n.guid for k, n in found.items()}
    ids = {k: n.id for k, n in found.items()}
    load(col, "second.apkg")
    again = notes(col)
    is_("notes after a second import", len(again), 4)
    is_("no duplicate of any", len(col.find_notes("")), 4)
    is_("cards after it", len(col.find_cards("")), 5)
    is_("GUIDs", {k: again[k].guid for k in guids}, guids)
    is_("the notes themselves", {k: again[k].id for k in ids}, ids)
    about = col.decks.by_name('Stroke: "sample"')["desc"]
    check("a new version of the deck", "Version 2." in about and '"version":"2"' in about, about)
    check("a change arrives", again["stroke/rlq-pregnant"]["Rule"].startswith("A changed rule."))
    kept = col.get_card(card.id)
    is_("progress in Anki", (int(kept.type), int(kept.queue), kept.ivl, kept.factor), (2, 2, 17, 2310))
    check("style of one's own", col.models.by_name("scanwise")["css"].endswith("/* my own */"))
    is_("note types stay two", sum("scanwise" in n.name for n in col.models.all_names_and_ids()), 2)
    load(col, "second.apkg")
    is_("the same once more changes nothing", len(col.find_notes("")), 4)
    col.close()


def progress(folder):
    col = empty(folder)
    load(col, "progress.apkg", progress=True)
    with open(os.path.join(FOLDER, "expected.json"), encoding="utf-8") as f:
        want = json.load(f)
    card = notes(col)["stroke/rlq-pregnant"].cards()[0]
    is_("interval, factor", (card.ivl, card.factor), (want["interval"], want["factor"]))
    is_("type, queue, reps", (int(card.type), int(card.queue), card.reps), (2, 2, 4))
    check("study days", (datetime.datetime.now() - datetime.timedelta(hours=4)).date().isoformat() == want["today"], want)
    ahead = (datetime.date.fromisoformat(want["due"]) - datetime.date.fromisoformat(want["today"])).days
    is_("days until due", card.due - col.sched.today, ahead)
    rows = col.db.all("select ease, ivl, lastIvl, type from revlog where cid = ? order by id", card.id)
    is_("review log", [list(r) for r in rows], [[4, 1, 0, 0], [3, 6, 1, 1], [1, 1, 6, 1], [2, 1, 1, 1]])
    is_("suspended", int(notes(col)["stroke/b-1"].cards()[0].queue), -1)
    is_("new ones stay new", len(col.find_cards("is:new -is:suspended")), 2)
    col.close()


def bundled(folder):
    col = empty(folder)
    start = time.time()
    load(col, "bundled.apkg")
    took = time.time() - start
    found, cards = col.find_notes(""), col.find_cards("")
    check("all bundled decks", len(found) > 100 and len(cards) >= len(found), len(found))
    for i in cards:
        text = col.get_card(i)
        both = text.question() + text.answer()
        check("every card renders", "{{" not in both and "has a problem" not in both, both[:300])
    is_("no card is empty", list(col.get_empty_cards().notes), [])
    print(f"  bundled: {len(found)} notes, {len(cards)} cards, imported in {took:.1f} s, each rendered")
    col.close()


for part in (content, progress, bundled):
    with tempfile.TemporaryDirectory() as folder:
        part(folder)
        print(f"  {part.__name__}: ok")
print(f"  {checked} checks hold")
