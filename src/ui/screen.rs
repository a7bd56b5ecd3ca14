//! A sitting on a full screen: single keys, readable at 40 columns and at 120.
//!
//! The alternate screen is used (inline drawing breaks when a phone's keyboard opens and the terminal is resized).
//! Whatever ends the program (quit, panic, Ctrl-C, SIGTERM, SIGHUP) gives the terminal back first; answers are durable
//! before that.

use super::doc::{Doc, Role};
use super::driver::{Editing, Sitting};
use super::editor;
use super::keys::{Meaning, meaning};
use super::plain::Broken;
use super::views;
use crate::model::text::count;
use crate::session::{Input, Phase};
use crate::store::StoreError;
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{self, Paragraph};
use std::io::{self, Stdout};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};

static TAKEN: AtomicBool = AtomicBool::new(false);

/// Gives the terminal back to the shell, if it was taken. Safe at any time, also from a panic or a signal's thread.
pub fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // The terminal may be gone already; then there is nothing to give back. A handle of its own is used because the
        // main thread may hold the lock of stdout for as long as it lives.
        let _ = disable_raw_mode();
        if let Ok(own) = io::stdout().as_fd().try_clone_to_owned() {
            let mut terminal = std::fs::File::from(own);
            let _ = execute!(terminal, LeaveAlternateScreen, cursor::Show);
        }
    }
}

struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Screen {
    fn take() -> io::Result<Self> {
        TAKEN.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, cursor::Hide)?;
        Ok(Self { terminal: Terminal::new(CrosstermBackend::new(io::stdout()))? })
    }
}

impl Screen {
    /// Lends the terminal to something else, and takes it again.
    fn lend<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        give_back();
        crate::store::announce_waiting(true);
        let done = work();
        crate::store::announce_waiting(false);
        TAKEN.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, Clear(ClearType::All), cursor::Hide)?;
        // Anew, so that everything is drawn; its own way to clear asks the terminal where the cursor is.
        self.terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        Ok(done)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Signals end the program from a thread of their own: a loop that only looks at a flag would spin for ever on a
/// terminal that has vanished.
fn end_on_signals() -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGINT])?;
    editor::signals_are_handled();
    std::thread::spawn(move || {
        // Ctrl-C in the student's editor is the editor's.
        if let Some(signal) = signals.forever().find(|s| *s != SIGINT || !editor::is_running()) {
            give_back();
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}

/// What is on screen beside the session.
#[derive(Default)]
struct View {
    scroll: usize,
    help: bool,
    note: Option<String>,
    /// Which card and phase the scroll position belongs to.
    stage: (i64, u8),
}

/// Runs a sitting to its end.
///
/// # Errors
/// When the home or the terminal fails; what was answered stays recorded.
pub fn run(sitting: &mut Sitting<'_>, color: bool, editing: &mut Editing<'_>) -> Result<(), Broken> {
    end_on_signals()?;
    crate::store::announce_waiting(false);
    let mut screen = Screen::take()?;
    // Listening for resizes starts with the first look for events: look before the first drawing, so none is missed.
    event::poll(std::time::Duration::ZERO)?;
    let mut view = View::default();
    let result = turn(sitting, &mut screen, &mut view, color, editing);
    drop(screen);
    crate::store::announce_waiting(true);
    result
}

fn turn(
    sitting: &mut Sitting<'_>,
    screen: &mut Screen,
    view: &mut View,
    color: bool,
    editing: &mut Editing<'_>,
) -> Result<(), Broken> {
    while sitting.finished().is_none() {
        if let Some(note) = sitting.take_note() {
            view.note = Some(note);
        }
        let stage = stage_of(sitting.phase());
        if stage != view.stage {
            view.stage = stage;
            view.scroll = 0;
        }
        let mut room = Room::default();
        screen.terminal.draw(|frame| room = draw(frame, sitting, view, color))?;
        match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => match press(sitting, view, key, &room) {
                // Another process keeps the lock: nothing was recorded, and the key may be pressed again.
                Err(Broken::Store(StoreError::Busy { .. })) => {
                    sitting.tell("Not recorded: another scanwise is writing. Press again.".to_owned());
                }
                other => other?,
            },
            Event::Paste(_)
            | Event::Mouse(_)
            | Event::FocusGained
            | Event::FocusLost
            | Event::Resize(..)
            | Event::Key(_) => {}
        }
        let lent = sitting.wants_edit();
        if lent {
            screen.lend(|| sitting.edit(editing))??;
        }
        // Keys pressed at a screen that stood still (or at an editor) were not meant for the one that comes now.
        if crate::store::take_waited() || lent {
            while event::poll(std::time::Duration::ZERO)? {
                let _ = event::read()?;
            }
        }
    }
    Ok(())
}

fn stage_of(phase: &Phase) -> (i64, u8) {
    match phase {
        // Choosing an option keeps the question where it is.
        Phase::Asking(shown, _) | Phase::Sure(shown, _) => (shown.id, 1),
        Phase::Judging(shown, ..) => (shown.id, 2),
        Phase::Revealed(shown, _) => (shown.id, 3),
        Phase::Loading => (0, 0),
        Phase::Finished(_) => (0, 9),
    }
}

/// How much of the text fits.
#[derive(Default, Clone, Copy)]
struct Room {
    lines: usize,
    height: usize,
}

impl Room {
    fn bottom(self) -> usize {
        self.lines.saturating_sub(self.height)
    }
}

fn press(sitting: &mut Sitting<'_>, view: &mut View, key: KeyEvent, room: &Room) -> Result<(), Broken> {
    view.note = None;
    // Nobody can answer what is not shown.
    if room.height == 0 && !matches!(key.code, KeyCode::Char('q')) && !key.modifiers.contains(KeyModifiers::CONTROL) {
        return Ok(());
    }
    if view.help {
        view.help = false;
        if key.code != KeyCode::Char('q') {
            return Ok(());
        }
    }
    let page = room.height.saturating_sub(2).max(1);
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        if matches!(key.code, KeyCode::Char('c' | 'd')) {
            sitting.say(Input::Quit)?;
        }
        return Ok(());
    }
    match key.code {
        KeyCode::Down => view.scroll = (view.scroll + 1).min(room.bottom()),
        KeyCode::Up => view.scroll = view.scroll.saturating_sub(1),
        KeyCode::PageDown => view.scroll = (view.scroll + page).min(room.bottom()),
        KeyCode::PageUp => view.scroll = view.scroll.saturating_sub(page),
        KeyCode::Home => view.scroll = 0,
        KeyCode::End => view.scroll = room.bottom(),
        // Space reads on first, and goes on only from the end of the text.
        KeyCode::Char(' ') if view.scroll < room.bottom() => view.scroll = (view.scroll + page).min(room.bottom()),
        KeyCode::Enter => word(sitting, view, "enter")?,
        KeyCode::Char(' ') => word(sitting, view, "space")?,
        KeyCode::Char(c) => word(sitting, view, c.encode_utf8(&mut [0; 4]))?,
        _ => {}
    }
    Ok(())
}

fn word(sitting: &mut Sitting<'_>, view: &mut View, word: &str) -> Result<(), Broken> {
    match meaning(sitting.phase(), word) {
        Meaning::Say(input) => sitting.say(input)?,
        Meaning::Help => view.help = true,
        Meaning::Nothing => view.note = Some("That key means nothing here; ? shows the keys.".to_owned()),
    }
    Ok(())
}

/// The narrowest and lowest terminal that can hold a question with its keys.
const LEAST: (u16, u16) = (24, 8);

fn draw(frame: &mut ratatui::Frame<'_>, sitting: &Sitting<'_>, view: &mut View, color: bool) -> Room {
    let area = frame.area();
    frame.render_widget(widgets::Clear, area);
    if area.width < LEAST.0 || area.height < LEAST.1 {
        frame.render_widget(Paragraph::new("Make the window larger."), area);
        return Room::default();
    }
    // A column of comfortable width, a little away from the left edge where there is room.
    let margin = if area.width >= 60 { 2 } else { 0 };
    let width = usize::from(area.width - margin).min(super::doc::MAX_WIDTH);
    let column = |y: u16, height: u16| Rect {
        x: area.x + margin,
        y: area.y + y,
        width: u16::try_from(width).unwrap_or(area.width),
        height,
    };
    let (head, body) = content(sitting, view, width);
    let mut foot = Doc::new(width);
    if view.help {
        foot.para(Role::Dim, "any key goes back");
    } else {
        let parts = views::footer(sitting.phase());
        let parts: Vec<(Role, &str)> = parts.iter().map(|(r, t)| (*r, t.as_str())).collect();
        foot.mixed(&parts);
    }
    // On a low screen one line of keys has to do; `?` shows the others.
    let most = if area.height < 16 { 1 } else { 3 };
    foot.lines.truncate(most);
    let foot_height = u16::try_from(foot.lines.len()).unwrap_or(1);
    let note_height = 1;
    let height = area.height.saturating_sub(2 + foot_height + note_height).max(1);
    let room = Room { lines: body.lines.len(), height: usize::from(height) };
    view.scroll = view.scroll.min(room.bottom());

    let mut title = Doc::new(width);
    title.para(Role::Dim, &head);
    title.lines.truncate(1);
    frame.render_widget(Paragraph::new(text(&title, color)), column(0, 1));
    let scroll = u16::try_from(view.scroll).unwrap_or(u16::MAX);
    frame.render_widget(Paragraph::new(text(&body, color)).scroll((scroll, 0)), column(2, height));
    let mut note = Doc::new(width);
    match &view.note {
        Some(said) => note.para(Role::Warn, said),
        None => {
            let ask = if view.help { String::new() } else { asks(sitting.phase()) };
            let more = room.bottom() - view.scroll;
            let more = if more > 0 { format!("{} more: Space", count(more as u64, "line")) } else { String::new() };
            note.mixed(&[
                (Role::Strong, &ask),
                (Role::Dim, if ask.is_empty() { "" } else { "  " }),
                (Role::Dim, &more),
            ]);
        }
    }
    note.lines.truncate(1);
    frame.render_widget(Paragraph::new(text(&note, color)), column(2 + height, note_height));
    frame.render_widget(Paragraph::new(text(&foot, color)), column(2 + height + note_height, foot_height));
    room
}

/// What is asked now, when it is not the card's own question. It stands above the keys, so that no scrolling hides it.
fn asks(phase: &Phase) -> String {
    match phase {
        // The choice itself may be scrolled out of sight.
        Phase::Sure(_, pick) => format!("{}: how sure are you?", views::letter(pick.place)),
        Phase::Judging(..) => "Did you have it?".to_owned(),
        Phase::Revealed(_, result) if result.asks_miss => "What went wrong?".to_owned(),
        _ => String::new(),
    }
}

fn content(sitting: &Sitting<'_>, view: &View, width: usize) -> (String, Doc) {
    let session = sitting.session();
    let phase = session.phase();
    let head = match phase {
        Phase::Asking(shown, _) | Phase::Sure(shown, _) | Phase::Judging(shown, ..) | Phase::Revealed(shown, _) => {
            views::header(shown, session.cards_left(), session.minutes_left(sitting.now()), width)
        }
        Phase::Loading | Phase::Finished(_) => String::new(),
    };
    if view.help {
        return (head, views::help(phase, true, width));
    }
    let body = match phase {
        Phase::Asking(shown, _) => views::question(shown, None, width),
        Phase::Sure(shown, pick) => views::question(shown, Some(pick.place), width),
        Phase::Judging(shown, ..) => views::recalled(shown, width),
        Phase::Revealed(shown, result) => views::reveal(shown, result, sitting.today(), width),
        Phase::Loading | Phase::Finished(_) => Doc::new(width),
    };
    (head, body)
}

fn text(doc: &Doc, color: bool) -> Text<'static> {
    let lines: Vec<Line<'static>> = doc
        .lines
        .iter()
        .map(|line| {
            Line::from(line.0.iter().map(|s| Span::styled(s.text.clone(), style(s.role, color))).collect::<Vec<_>>())
        })
        .collect();
    Text::from(lines)
}

/// The screen's twin of [`Role::style`]. Without colour, bold and underline still tell things apart.
fn style(role: Role, color: bool) -> Style {
    let ansi = role.style();
    let mut style = Style::new();
    if color && let Some(anstyle::Color::Ansi(c)) = ansi.get_fg_color() {
        style = style.fg(match c {
            anstyle::AnsiColor::Green => Color::Green,
            anstyle::AnsiColor::Red => Color::Red,
            anstyle::AnsiColor::Magenta => Color::Magenta,
            _ => Color::Blue,
        });
    }
    let effects = ansi.get_effects();
    for (effect, modifier) in [
        (anstyle::Effects::BOLD, Modifier::BOLD),
        (anstyle::Effects::UNDERLINE, Modifier::UNDERLINED),
        (anstyle::Effects::DIMMED, Modifier::DIM),
    ] {
        if effects.contains(effect) {
            style = style.add_modifier(modifier);
        }
    }
    style
}
