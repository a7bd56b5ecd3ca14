//! Sources that have a successor.

use super::Seen;
use crate::deck::problem::Problem;
use crate::model::Source;

/// A guideline that replaced its earlier editions: part of the issuing body, words of the title, the year from which it
/// holds, and its name.
struct Successor {
    body: &'static str,
    title: &'static [&'static str],
    from: u16,
    name: &'static str,
}

const SUCCESSORS: &[Successor] = &[
    Successor {
        body: "AHA/ASA",
        title: &["early management", "ischemic stroke"],
        from: 2026,
        name: "AHA/ASA Early Management of Acute Ischemic Stroke, 2026",
    },
    Successor {
        body: "AHA/ASA",
        title: &["intracerebral hemorrhage"],
        from: 2022,
        name: "AHA/ASA Spontaneous Intracerebral Hemorrhage, 2022",
    },
    Successor {
        body: "AHA/ASA",
        title: &["subarachnoid hemorrhage"],
        from: 2023,
        name: "AHA/ASA Aneurysmal Subarachnoid Hemorrhage, 2023",
    },
    Successor { body: "AHA/ACC", title: &["chest pain"], from: 2021, name: "AHA/ACC Chest Pain, 2021" },
    Successor { body: "ACC/AHA", title: &["aortic disease"], from: 2022, name: "ACC/AHA Aortic Disease, 2022" },
    Successor {
        body: "ACC/AHA",
        title: &["peripheral artery disease"],
        from: 2024,
        name: "ACC/AHA Peripheral Artery Disease, 2024",
    },
    Successor {
        body: "ACC/AHA",
        title: &["atrial fibrillation"],
        from: 2023,
        name: "ACC/AHA Atrial Fibrillation, 2023",
    },
    Successor { body: "ACG", title: &["acute pancreatitis"], from: 2024, name: "ACG Acute Pancreatitis, 2024" },
    Successor {
        body: "ACG",
        title: &["lower gastrointestinal"],
        from: 2023,
        name: "ACG Lower Gastrointestinal Bleeding, 2023",
    },
    Successor {
        body: "USPSTF",
        title: &["breast cancer", "screening"],
        from: 2024,
        name: "USPSTF Breast Cancer Screening, 2024",
    },
    Successor { body: "USPSTF", title: &["osteoporosis"], from: 2025, name: "USPSTF Osteoporosis Screening, 2025" },
    Successor { body: "USPSTF", title: &["lung cancer"], from: 2021, name: "USPSTF Lung Cancer Screening, 2021" },
    Successor {
        body: "USPSTF",
        title: &["colorectal cancer"],
        from: 2021,
        name: "USPSTF Colorectal Cancer Screening, 2021",
    },
    Successor {
        body: "USPSTF",
        title: &["abdominal aortic aneurysm"],
        from: 2019,
        name: "USPSTF Abdominal Aortic Aneurysm, 2019",
    },
    Successor {
        body: "AAP",
        title: &["critical congenital heart", "screening"],
        from: 2025,
        name: "AAP Newborn Screening for CCHD, 2025",
    },
    Successor {
        body: "AUA",
        title: &["microhematuria"],
        from: 2020,
        name: "AUA/SUFU Microhematuria, 2020 (amended 2025)",
    },
    Successor {
        body: "ACR",
        title: &["right lower quadrant pain"],
        from: 2022,
        name: "ACR Right Lower Quadrant Pain, 2022",
    },
    Successor { body: "ACR", title: &["low back pain"], from: 2021, name: "ACR Low Back Pain, 2021" },
];

pub(super) fn check(seen: &Seen<'_>, problems: &mut Vec<Problem>) {
    for (i, source) in seen.card.sources.iter().enumerate() {
        let Some(newer) = SUCCESSORS.iter().find(|s| s.is_about(source) && source.year < s.from) else { continue };
        // A card may set the old beside the new.
        if seen.card.sources.iter().any(|s| newer.is_about(s) && s.year >= newer.from) {
            continue;
        }
        let cause = format!("{}, {} ({}) has been replaced", source.body, source.title, source.year);
        let path = seen.path.field("sources").index(i);
        problems.push(Problem::warning("superseded-source", path, cause).hint(format!("see {}", newer.name)));
    }
}

impl Successor {
    fn is_about(&self, source: &Source) -> bool {
        let title = source.title.to_lowercase();
        source.body.contains(self.body) && self.title.iter().all(|w| title.contains(w))
    }
}
