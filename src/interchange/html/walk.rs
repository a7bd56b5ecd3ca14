//! A field through the whole parser: its tree, walked without recursion.

use super::page::{Close, Page};
use html2text::Handle;

/// One step of the walk: into a node, or out of what was opened.
enum Step {
    Into(Handle),
    Out(Close),
}

/// Elements that are never shown.
const HIDDEN: &[&str] = &[
    "script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg", "input", "select", "button",
    "textarea", "canvas", "rp",
];

/// The field as readable text.
pub fn render(html: &str, media: &mut dyn FnMut(&str) -> String) -> String {
    let Some(document) = parse(html) else { return String::new() };
    let mut page = Page::new();
    // The tree is taken apart when its root goes: the root stays until the end.
    let mut steps = vec![Step::Into(document.clone())];
    while let Some(step) = steps.pop() {
        match step {
            Step::Out(close) => page.close(close),
            Step::Into(node) => {
                match &node.data {
                    html2text::Element { name, .. } if HIDDEN.contains(&&*name.local) => continue,
                    html2text::Element { name, .. } => {
                        let close = page.open(&name.local, &|wanted| attribute(&node, wanted), media);
                        steps.extend(close.map(Step::Out));
                    }
                    html2text::Document | html2text::Comment { .. } => {}
                    _ => text_of(&node).iter().for_each(|text| page.flow(text)),
                }
                steps.extend(node.children.borrow().iter().rev().cloned().map(Step::Into));
            }
        }
    }
    page.done()
}

/// All text of the tree, as it stands.
pub fn data(html: &str) -> String {
    let Some(document) = parse(&format!("<pre>{html}")) else { return String::new() };
    let mut out = String::new();
    let mut nodes = vec![document.clone()];
    while let Some(node) = nodes.pop() {
        if matches!(node.data, html2text::Element { .. } | html2text::Document) {
            nodes.extend(node.children.borrow().iter().rev().cloned());
        } else if let Some(text) = text_of(&node) {
            out.push_str(&text);
        }
    }
    out
}

thread_local! {
    /// Made once: it reads the style sheet of a browser, which costs as much as a field.
    static CONFIG: html2text::config::Config<html2text::render::PlainDecorator> = html2text::config::plain();
}

fn parse(html: &str) -> Option<Handle> {
    // Reading from memory can't fail, and the parser takes anything.
    CONFIG.with(|config| config.parse_html(html.as_bytes())).ok().map(|dom| dom.document.clone())
}

fn attribute(node: &Handle, wanted: &str) -> Option<String> {
    let html2text::Element { attrs, .. } = &node.data else { return None };
    attrs.borrow().iter().find(|a| &*a.name.local == wanted).map(|a| a.value.to_string())
}

/// The text of a text node. The parser's crate keeps that kind of node to itself, but writes it out with the four
/// entities of HTML, which are read back here; anything else that is no element starts with '<' when written.
fn text_of(node: &Handle) -> Option<String> {
    let mut bytes = Vec::new();
    node.serialize(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    if text.starts_with('<') {
        return None;
    }
    if !text.contains('&') {
        return Some(text);
    }
    Some(text.replace("&nbsp;", "\u{a0}").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}
