//! Plain markup, as most fields have it, straight from its tags: no tree is made.
//!
//! Where every end tag closes the element opened last, and no element is of a kind that opens, closes or moves others, a
//! browser's tree is the tags as they stand. Anything else is left to the whole parser. A test holds the two together.

use super::page::{Close, Page};
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use std::borrow::Cow;

/// What a browser does at a start tag, as far as plain markup goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It stands within a line.
    Inline,
    /// It would end a paragraph that is open.
    Block,
    /// A heading ends another.
    Heading,
    Paragraph,
    /// It would end another item, unless it stands in a list of its own.
    Item,
    Link,
    /// It holds nothing.
    Void,
    /// It holds nothing and would end a paragraph.
    Rule,
    Table,
    /// A group of rows; where a table has none a browser adds one, which shows nothing.
    Rows,
    Row,
    Cell,
}

/// Elements of plain markup, by name.
pub(super) const ELEMENTS: &[(&str, Kind)] = &[
    ("a", Kind::Link),
    ("abbr", Kind::Inline),
    ("address", Kind::Block),
    ("article", Kind::Block),
    ("b", Kind::Inline),
    ("big", Kind::Inline),
    ("blockquote", Kind::Block),
    ("br", Kind::Void),
    ("center", Kind::Block),
    ("cite", Kind::Inline),
    ("code", Kind::Inline),
    ("del", Kind::Inline),
    ("details", Kind::Block),
    ("div", Kind::Block),
    ("em", Kind::Inline),
    ("figcaption", Kind::Block),
    ("figure", Kind::Block),
    ("font", Kind::Inline),
    ("footer", Kind::Block),
    ("h1", Kind::Heading),
    ("h2", Kind::Heading),
    ("h3", Kind::Heading),
    ("h4", Kind::Heading),
    ("h5", Kind::Heading),
    ("h6", Kind::Heading),
    ("header", Kind::Block),
    ("hr", Kind::Rule),
    ("i", Kind::Inline),
    ("img", Kind::Void),
    ("ins", Kind::Inline),
    ("kbd", Kind::Inline),
    ("li", Kind::Item),
    ("mark", Kind::Inline),
    ("ol", Kind::Block),
    ("p", Kind::Paragraph),
    ("q", Kind::Inline),
    ("s", Kind::Inline),
    ("section", Kind::Block),
    ("small", Kind::Inline),
    ("span", Kind::Inline),
    ("strike", Kind::Inline),
    ("strong", Kind::Inline),
    ("sub", Kind::Inline),
    ("summary", Kind::Block),
    ("sup", Kind::Inline),
    ("table", Kind::Table),
    ("tbody", Kind::Rows),
    ("td", Kind::Cell),
    ("tfoot", Kind::Rows),
    ("th", Kind::Cell),
    ("thead", Kind::Rows),
    ("tr", Kind::Row),
    ("tt", Kind::Inline),
    ("u", Kind::Inline),
    ("ul", Kind::Block),
    ("var", Kind::Inline),
];

fn element(name: &[u8]) -> Option<(Cow<'static, str>, Kind)> {
    if let Ok(at) = ELEMENTS.binary_search_by(|(known, _)| known.as_bytes().cmp(name)) {
        return Some((Cow::Borrowed(ELEMENTS[at].0), ELEMENTS[at].1));
    }
    // Elements that pages define themselves; a few such names mean something within drawings, which are not plain.
    let own = name.contains(&b'-').then(|| std::str::from_utf8(name).ok()).flatten()?;
    Some((Cow::Owned(own.to_owned()), Kind::Inline))
}

/// The field as readable text, or nothing when its markup is not plain.
pub fn render(html: &str, media: &mut dyn FnMut(&str) -> String) -> Option<String> {
    // What a browser drops or changes before it looks for tags.
    if html.bytes().any(|b| b == 0 || b == b'\r') {
        return None;
    }
    let mut pictures = false;
    let text = attempt(html, &mut |name| {
        pictures = true;
        name.to_owned()
    })?;
    // Only now is it known that nobody else will ask for the pictures.
    if pictures { attempt(html, media) } else { Some(text) }
}

fn attempt(html: &str, media: &mut dyn FnMut(&str) -> String) -> Option<String> {
    let mut reader = Reader { page: Page::new(), open: Vec::new(), tag: None, wanted: false, media };
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| reader.take(&event).err());
    // The first refusal ends it.
    if Tokenizer::new_with_emitter(html, emitter).next().is_some() {
        return None;
    }
    let Reader { mut page, open, .. } = reader;
    open.into_iter().rev().filter_map(|element| element.close).for_each(|close| page.close(close));
    Some(page.done())
}

/// The markup is not plain.
struct NotPlain;

/// An open element.
struct Element {
    name: Cow<'static, str>,
    kind: Kind,
    close: Option<Close>,
}

/// A start tag, while its attributes are read.
struct Tag {
    name: Cow<'static, str>,
    kind: Kind,
    attributes: Vec<(Vec<u8>, String)>,
}

struct Reader<'m> {
    page: Page,
    open: Vec<Element>,
    tag: Option<Tag>,
    /// The attribute whose value comes next is kept.
    wanted: bool,
    media: &'m mut dyn FnMut(&str) -> String,
}

impl Reader<'_> {
    fn take(&mut self, event: &CallbackEvent<'_>) -> Result<(), NotPlain> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                let (name, kind) = element(name).filter(|(_, kind)| self.may_open(*kind)).ok_or(NotPlain)?;
                self.tag = Some(Tag { name, kind, attributes: Vec::new() });
            }
            CallbackEvent::AttributeName { name } => {
                self.wanted = false;
                if let Some(tag) = &mut self.tag {
                    // Of two with one name the first counts.
                    self.wanted = !tag.attributes.iter().any(|(there, _)| there == name);
                    if self.wanted {
                        tag.attributes.push((name.to_vec(), String::new()));
                    }
                }
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some((_, kept)) = self.tag.as_mut().filter(|_| self.wanted).and_then(|t| t.attributes.last_mut())
                {
                    kept.push_str(text(value)?);
                }
            }
            CallbackEvent::CloseStartTag { .. } => {
                let Tag { name, kind, attributes } = self.tag.take().ok_or(NotPlain)?;
                let attribute = |wanted: &str| {
                    attributes.iter().find(|(name, _)| name == wanted.as_bytes()).map(|(_, value)| value.clone())
                };
                let close = self.page.open(&name, &attribute, self.media);
                if !matches!(kind, Kind::Void | Kind::Rule) {
                    self.open.push(Element { name, kind, close });
                }
            }
            CallbackEvent::EndTag { name } => {
                let element = self.open.pop().filter(|element| element.name.as_bytes() == *name).ok_or(NotPlain)?;
                element.close.into_iter().for_each(|close| self.page.close(close));
            }
            CallbackEvent::String { value } => {
                // Text between cells is moved out of the table.
                if self.within_table() && !value.iter().all(u8::is_ascii_whitespace) {
                    return Err(NotPlain);
                }
                self.page.flow(text(value)?);
            }
            CallbackEvent::Comment { .. } | CallbackEvent::Error(_) => {}
            CallbackEvent::Doctype { .. } => return Err(NotPlain),
        }
        Ok(())
    }

    /// Would a browser put the element where its tag stands, and close nothing before it?
    fn may_open(&self, kind: Kind) -> bool {
        let is_open = |kind: Kind| self.open.iter().any(|element| element.kind == kind);
        let parent = self.open.last().map(|element| element.kind);
        match kind {
            Kind::Rows => return parent == Some(Kind::Table),
            Kind::Row => return matches!(parent, Some(Kind::Table | Kind::Rows)),
            Kind::Cell => return parent == Some(Kind::Row),
            _ if self.within_table() => return false,
            _ => {}
        }
        match kind {
            Kind::Inline | Kind::Void => true,
            Kind::Table | Kind::Block | Kind::Rule | Kind::Paragraph => !is_open(Kind::Paragraph),
            Kind::Heading => !is_open(Kind::Paragraph) && !is_open(Kind::Heading),
            Kind::Link => !is_open(Kind::Link),
            Kind::Item => self.open.last().is_some_and(|parent| matches!(&*parent.name, "ul" | "ol")),
            Kind::Rows | Kind::Row | Kind::Cell => false,
        }
    }

    /// Is the innermost open element a table or a part of one, but no cell?
    fn within_table(&self) -> bool {
        self.open.last().is_some_and(|element| matches!(element.kind, Kind::Table | Kind::Rows | Kind::Row))
    }
}

/// Bytes of a text are a text; the tokenizer only cuts it.
fn text(bytes: &[u8]) -> Result<&str, NotPlain> {
    std::str::from_utf8(bytes).map_err(|_| NotPlain)
}
