//! One line typed by the student, for a field of a form.

use crate::cli::context::Context;
use crate::cli::failure::Outcome;
use crate::model::text::is_unsafe;
use crate::ui::{Doc, Role};
use std::io::BufRead;

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A text.
    Text(String),
    /// Nothing: what is there stays.
    Enter,
    /// `-`: what is there goes.
    Clear,
    /// `<`: one step back.
    Back,
    /// `q`, or the end of input: enough for now.
    Stop,
}

/// What the keys of a form mean.
pub const KEYS: &str = "Enter goes on, < goes back, - empties, q stops, ? helps. A field is kept as soon as its last \
                        line is typed; \\ at the end of a line says that more follows.";

/// What can be typed, and what was asked.
fn help(context: &mut Context, label: &str, now: Option<&str>) -> Outcome {
    let mut doc = Doc::new(context.width());
    doc.para(Role::Dim, KEYS);
    context.show(&doc)?;
    asked(context, label, now)
}

fn asked(context: &mut Context, label: &str, now: Option<&str>) -> Outcome {
    let mut doc = Doc::new(context.width());
    doc.para(Role::Key, label);
    if let Some(now) = now {
        doc.hanging("  now: ", Role::Dim, Role::Dim, now);
    }
    context.show(&doc)
}

/// Asks for a text. Lines that end in `\` go on.
pub fn text(context: &mut Context, label: &str, now: Option<&str>) -> Outcome<Said> {
    asked(context, label, now)?;
    let mut out = String::new();
    loop {
        let Some(line) = line(context, "> ")? else {
            // What was typed before the line broke off counts.
            return Ok(if out.is_empty() { Said::Stop } else { Said::Text(out) });
        };
        let (line, more) = match line.strip_suffix('\\') {
            Some(rest) => (rest.trim_end().to_owned(), true),
            None => (line, false),
        };
        if out.is_empty() && !more {
            match line.as_str() {
                "" => return Ok(Said::Enter),
                "-" => return Ok(Said::Clear),
                "<" => return Ok(Said::Back),
                "q" | "Q" => return Ok(Said::Stop),
                "?" => {
                    help(context, label, now)?;
                    continue;
                }
                _ => {}
            }
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&line);
        if !more {
            let out = out.trim().to_owned();
            return Ok(if out.is_empty() { Said::Enter } else { Said::Text(out) });
        }
    }
}

/// One line as typed, without what must not reach a terminal; `None` at the end of input.
pub fn line(context: &mut Context, lead: &str) -> Outcome<Option<String>> {
    context.write(lead.as_bytes())?;
    context.flush()?;
    let mut bytes = Vec::new();
    if std::io::stdin().lock().read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(Some(text.chars().filter(|c| !is_unsafe(*c)).collect::<String>().trim().to_owned()))
}
