//! Imaging studies as the catalog describes them.

use super::card::Source;
use super::grade::words;
use serde::{Deserialize, Serialize};
use std::fmt;

words! {
    /// How a study makes its images.
    Modality {
        /// Plain radiograph.
        Radiography = "radiography",
        /// Live X-ray, usually with contrast.
        Fluoroscopy = "fluoroscopy",
        /// Mammography and tomosynthesis.
        Mammography = "mammography",
        /// Dual-energy X-ray absorptiometry.
        Dxa = "dxa",
        /// Ultrasound.
        Ultrasound = "ultrasound",
        /// Cardiac ultrasound.
        Echocardiography = "echocardiography",
        /// Computed tomography.
        Ct = "ct",
        /// Magnetic resonance.
        Mri = "mri",
        /// Scintigraphy, SPECT and PET.
        NuclearMedicine = "nuclear-medicine",
        /// Catheter angiography.
        Angiography = "angiography",
    }
}

impl Modality {
    /// The name shown to people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Radiography => "radiograph",
            Self::Fluoroscopy => "fluoroscopy",
            Self::Mammography => "mammography",
            Self::Dxa => "DXA",
            Self::Ultrasound => "ultrasound",
            Self::Echocardiography => "echocardiography",
            Self::Ct => "CT",
            Self::Mri => "MRI",
            Self::NuclearMedicine => "nuclear medicine",
            Self::Angiography => "catheter angiography",
        }
    }
}

words! {
    /// What is given to make structures visible.
    Contrast {
        /// Nothing.
        None = "none",
        /// Iodinated, into a vessel.
        Iodinated = "iodinated",
        /// Gadolinium-based, intravenous.
        Gadolinium = "gadolinium",
        /// Swallowed or by tube.
        Oral = "oral",
        /// Into bladder, bowel, uterus or another cavity.
        Intracavitary = "intracavitary",
        /// Ultrasound microbubbles, intravenous.
        Microbubble = "microbubble",
    }
}

impl Contrast {
    /// The words shown to people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "no contrast",
            Self::Iodinated => "iodinated contrast",
            Self::Gadolinium => "gadolinium contrast",
            Self::Oral => "enteric contrast",
            Self::Intracavitary => "contrast into a cavity",
            Self::Microbubble => "microbubble contrast",
        }
    }
}

/// Relative radiation level of the ACR Appropriateness Criteria, 0 (none) to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Rrl(u8);

impl Rrl {
    /// 0 to 5.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.0
    }

    /// The band of effective dose in mSv: the ACR's adult bands, or its (lower) bands for children.
    #[must_use]
    pub const fn band(self, child: bool) -> &'static str {
        match (self.0, child) {
            (0, _) => "0 mSv",
            (1, false) => "<0.1 mSv",
            (2, false) => "0.1-1 mSv",
            (3, false) => "1-10 mSv",
            (4, false) => "10-30 mSv",
            (_, false) => "30-100 mSv",
            (1, true) => "<0.03 mSv",
            (2, true) => "0.03-0.3 mSv",
            (3, true) => "0.3-3 mSv",
            (4, true) => "3-10 mSv",
            (_, true) => "10-30 mSv",
        }
    }
}

impl TryFrom<u8> for Rrl {
    type Error = String;
    fn try_from(n: u8) -> Result<Self, String> {
        if n <= 5 { Ok(Self(n)) } else { Err(format!("a relative radiation level is 0 to 5, not {n}")) }
    }
}

impl From<Rrl> for u8 {
    fn from(r: Rrl) -> Self {
        r.0
    }
}

/// Relative radiation levels of one study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// For an adult.
    pub adult: Rrl,
    /// For a child; `null` where the study is not done in children.
    pub child: Option<Rrl>,
}

/// Typical adult effective dose, in mSv.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoseRange {
    /// Lower end of the usual range.
    pub low: f64,
    /// Upper end of the usual range.
    pub high: f64,
}

/// One study of the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// Stable id, modality first (`ct-head-without`).
    pub id: String,
    /// What an option shows.
    pub name: String,
    /// A name for narrow places.
    pub short: String,
    /// How it makes images.
    pub modality: Modality,
    /// Part of the body.
    pub region: String,
    /// Contrast usually given.
    pub contrast: Contrast,
    /// Relative radiation levels.
    pub rrl: Levels,
    /// Typical adult effective dose.
    pub dose_msv: DoseRange,
    /// Key in the catalog's `sources` for the level.
    pub source: String,
    /// Key in the catalog's `sources` for the dose; absent where there is no ionizing radiation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dose_source: Option<String>,
    /// What people also call it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// One sentence worth knowing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Study {
    /// "RRL 3, 1-3 mSv; no contrast", as shown after an answer.
    #[must_use]
    pub fn dose_line(&self) -> String {
        if self.rrl.adult.level() == 0 {
            return format!("no ionizing radiation; {}", self.contrast.label());
        }
        let DoseRange { low, high } = self.dose_msv;
        let range = if (low - high).abs() < f64::EPSILON { format!("{low}") } else { format!("{low}-{high}") };
        format!("RRL {}, {range} mSv; {}", self.rrl.adult.level(), self.contrast.label())
    }
}

/// The catalog file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogFile {
    /// 1.
    pub format: u32,
    /// Where levels and doses come from, by key.
    pub sources: std::collections::BTreeMap<String, Source>,
    /// Every study.
    pub studies: Vec<Study>,
}
