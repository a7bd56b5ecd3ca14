//! A sitting in lines: for pipes, screen readers and terminals that can't draw.

use super::doc::Doc;
use super::driver::{Editing, Sitting};
use super::keys::{Meaning, legend, meaning};
use super::views;
use crate::session::{Input, Phase};
use std::io::{self, BufRead, Stdin, Write};

/// How lines are written.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Cells a line may take.
    pub width: usize,
    /// With colours.
    pub color: bool,
    /// A person is typing: say which answers are possible.
    pub prompt: bool,
}

/// Why a sitting broke off.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The home.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// The terminal or pipe.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Runs a sitting to its end. Every answer is durable before the next line is read.
///
/// # Errors
/// When the home or the output fails; what was answered stays recorded.
pub fn run(
    sitting: &mut Sitting<'_>,
    input: &Stdin,
    out: &mut dyn Write,
    style: Style,
    editing: &mut Editing<'_>,
) -> Result<(), Broken> {
    let mut announced: Option<(i64, bool)> = None;
    loop {
        if let Some(note) = sitting.take_note() {
            write(out, style, |doc| doc.para(super::doc::Role::Dim, &note))?;
        }
        announce(sitting, out, style, &mut announced)?;
        if sitting.finished().is_some() {
            break;
        }
        // Nothing more is asked about a right answer: go on by itself, so that a pipe need not send empty lines.
        if matches!(sitting.phase(), Phase::Revealed(_, r) if !r.asks_miss) {
            sitting.say(Input::Go)?;
            continue;
        }
        if style.prompt {
            let keys: Vec<String> = legend(sitting.phase()).iter().map(|(k, w)| format!("{k} {w}")).collect();
            write!(out, "[{}] ", keys.join(", "))?;
        }
        out.flush()?;
        let mut line = String::new();
        // Locked line by line: an edit asks its own questions.
        if read_line(&mut input.lock(), &mut line)? == 0 {
            sitting.say(Input::Quit)?;
            continue;
        }
        for word in line.split_whitespace() {
            match meaning(sitting.phase(), word) {
                Meaning::Say(said) => sitting.say(said)?,
                Meaning::Help => {
                    let help = views::help(sitting.phase(), false, style.width);
                    out.write_all(help.render(style.color).as_bytes())?;
                }
                Meaning::Nothing => {
                    let keys: Vec<&str> = legend(sitting.phase()).iter().map(|(k, _)| *k).collect();
                    let word: String = word.chars().take(40).collect();
                    write(out, style, |doc| {
                        doc.para(
                            super::doc::Role::Warn,
                            &format!("\"{word}\" means nothing here; try {}", keys.join(", ")),
                        );
                    })?;
                    break;
                }
            }
            if sitting.wants_edit() {
                out.flush()?;
                sitting.edit(editing)?;
                announced = None;
                break;
            }
            // A line may hold several answers of one card ("b sure gap"), but never of two.
            announce(sitting, out, style, &mut announced)?;
            if matches!(sitting.phase(), Phase::Asking(..) | Phase::Finished(_))
                || matches!(sitting.phase(), Phase::Revealed(_, r) if !r.asks_miss)
            {
                break;
            }
        }
    }
    out.flush()?;
    Ok(())
}

/// Reads a line of at most 4 KiB; the rest of a longer one is dropped.
fn read_line(input: &mut dyn BufRead, line: &mut String) -> io::Result<usize> {
    let mut bytes = Vec::new();
    let n = io::Read::take(&mut *input, 4_096).read_until(b'\n', &mut bytes)?;
    if n == 4_096 && !bytes.ends_with(b"\n") {
        input.skip_until(b'\n')?;
    }
    line.push_str(&String::from_utf8_lossy(&bytes));
    Ok(n)
}

fn write(out: &mut dyn Write, style: Style, fill: impl FnOnce(&mut Doc)) -> io::Result<()> {
    let mut doc = Doc::new(style.width);
    fill(&mut doc);
    out.write_all(doc.render(style.color).as_bytes())
}

/// Shows what is new on stage: a question once, a reveal once, the end once.
fn announce(
    sitting: &Sitting<'_>,
    out: &mut dyn Write,
    style: Style,
    announced: &mut Option<(i64, bool)>,
) -> Result<(), Broken> {
    let (stage, mut doc) = match sitting.phase() {
        Phase::Asking(shown, _) => {
            let (left, minutes) = (sitting.session().cards_left(), sitting.session().minutes_left(sitting.now()));
            let mut doc = Doc::new(style.width);
            doc.para(super::doc::Role::Dim, &format!("--- {}", views::header(shown, left, minutes, style.width)));
            doc.append(views::question(shown, None, style.width));
            ((shown.id, false), doc)
        }
        Phase::Judging(shown, ..) => ((shown.id, true), views::recalled(shown, style.width)),
        Phase::Revealed(shown, result) if shown.has_options() => {
            ((shown.id, true), views::reveal(shown, result, sitting.today(), style.width))
        }
        Phase::Finished(finish) => {
            let next = sitting.next_due()?;
            ((-1, true), views::summary(sitting.session().summary(), *finish, sitting.today(), next, style.width))
        }
        // The confidence is asked without repeating the question.
        Phase::Sure(..) | Phase::Loading | Phase::Revealed(..) => return Ok(()),
    };
    if *announced == Some(stage) {
        return Ok(());
    }
    *announced = Some(stage);
    doc.lines.insert(0, super::doc::Line::default());
    out.write_all(doc.render(style.color).as_bytes())?;
    Ok(())
}
