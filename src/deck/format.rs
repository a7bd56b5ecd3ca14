//! The deck format as authors write it: the types the JSON Schema is made from.
//!
//! Every field is optional here, so that one missing field does not hide other problems; [`super::rules`] says what
//! is needed.

use crate::model::{Harm, Next, Source, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the format this program reads and writes.
pub const FORMAT: u32 = 1;

/// A deck of cards.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "scanwise deck", extend("required" = ["format", "id", "title", "cards"]))]
pub struct RawDeck {
    /// Where this schema can be found.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Version of the format: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1))]
    pub format: Option<u32>,
    /// Lower-case letters, digits and '-'. Never change it: progress hangs on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"), length(max = 80))]
    pub id: Option<String>,
    /// Title for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Version of the content, for example 2026.11.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Language tag, for example en.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// SPDX license of the content, for example `CC-BY-4.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authors: Option<Vec<String>>,
    /// One or two sentences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The cards, in the order in which they should be met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cards: Option<Vec<RawCard>>,
}

/// What a card asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CardType {
    /// Choose a study, or none.
    Decision,
    /// Front and back.
    Basic,
    /// Text with deletions.
    Cloze,
}

/// One card.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("required" = ["id", "type", "domain"], "allOf" = [
    {"if": {"properties": {"type": {"const": "decision"}}, "required": ["type"]},
     "then": {"required": ["vignette", "question", "options", "rule", "next", "sources"],
              "properties": {"front": false, "back": false, "text": false, "why": false, "sources": {"minItems": 1}}}},
    {"if": {"properties": {"type": {"const": "basic"}}, "required": ["type"]},
     "then": {"required": ["front", "back"],
              "properties": {"vignette": false, "question": false, "options": false, "rule": false, "next": false, "family": false, "modifier": false, "text": false}}},
    {"if": {"properties": {"type": {"const": "cloze"}}, "required": ["type"]},
     "then": {"required": ["text"],
              "properties": {"vignette": false, "question": false, "options": false, "rule": false, "next": false, "family": false, "modifier": false, "front": false, "back": false}}}
]))]
pub struct RawCard {
    /// Lower-case letters, digits and '-'; unique in the deck. Never change it: progress hangs on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"), length(max = 80))]
    pub id: Option<String>,
    /// decision, basic or cloze.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<CardType>,
    /// Clinical field, for example neurology.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub domain: Option<String>,
    /// decision: cards of one family share a stem and are never shown on one day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub family: Option<String>,
    /// decision: the fact that flips the answer within the family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modifier: Option<String>,
    /// Slugs to select by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Decision points of the coverage map this card teaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covers: Option<Vec<String>>,
    /// decision: the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vignette: Option<String>,
    /// decision: the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// decision: 2 to 8 options, exactly one of them best.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 2, max = 8))]
    pub options: Option<Vec<RawOption>>,
    /// decision: the sentence to remember.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// decision: what a result changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// basic: what is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub front: Option<String>,
    /// basic: what is recalled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back: Option<String>,
    /// cloze: text with `{{c1::hidden::hint}}`; each number is a card of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// basic, cloze: the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// An aside of the author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the facts come from; a decision needs at least one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<Source>>,
}

/// One option of a decision: a study of the catalog, or text with an id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("required" = ["verdict", "why"], "oneOf" = [
    {"required": ["study"], "properties": {"text": false}},
    {"required": ["id", "text"], "properties": {"study": false}}
]))]
pub struct RawOption {
    /// Stable within the card; the study id unless given. Text options need one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub id: Option<String>,
    /// Id of a study in the catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub study: Option<String>,
    /// What is shown, when it is not a study of the catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// best (exactly one), acceptable or wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// For wrong options: unsafe, delays or wasteful.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub harm: Option<Harm>,
    /// The reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The deck format as JSON Schema (draft 2020-12).
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(RawDeck).to_value()
}
