//! What every command needs: where, when, and how to speak.

use super::args::{ColorWhen, Global};
use super::failure::{Failure, Outcome};
use crate::clock::{Clock, fix_seed};
use crate::model::text::{is_unsafe, sanitize_line};
use crate::model::{CardKey, Stamp};
use crate::store::{CardRow, Filter, Store};
use crate::ui::{Doc, Role, doc};
use etcetera::{AppStrategy, AppStrategyArgs, choose_app_strategy};
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::PathBuf;

/// Shared by all commands.
pub struct Context {
    home: Option<PathBuf>,
    /// Report as JSON.
    pub json: bool,
    /// The clock of this run.
    pub clock: Clock,
    /// `--seed`.
    pub seed: Option<u64>,
    color: ColorWhen,
    out: BufWriter<StdoutLock<'static>>,
}

impl Context {
    /// From the global options.
    #[must_use]
    pub fn new(global: Global) -> Self {
        if let Some(seed) = global.seed {
            fix_seed(seed);
        }
        Self {
            home: global.home,
            json: global.json,
            clock: Clock::new(global.now),
            seed: global.seed,
            color: global.color,
            out: BufWriter::new(io::stdout().lock()),
        }
    }

    /// The same again, with a buffer of its own, for what talks in between.
    #[must_use]
    pub fn again(&self) -> Self {
        Self { home: self.home.clone(), out: BufWriter::new(io::stdout().lock()), ..*self }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Stamp {
        self.clock.now()
    }

    /// The home's folder: `--home`, `SCANWISE_HOME`, or `scanwise` in the platform's data folder.
    ///
    /// # Errors
    /// When there is no home directory to put it in.
    pub fn home(&self) -> Outcome<PathBuf> {
        if let Some(home) = &self.home {
            if home.as_os_str().is_empty() {
                return Err(Failure::usage("the home is empty").hint("give --home a folder, or unset SCANWISE_HOME"));
            }
            return Ok(home.clone());
        }
        let args =
            AppStrategyArgs { top_level_domain: String::new(), author: String::new(), app_name: "scanwise".to_owned() };
        choose_app_strategy(args).map(|s| s.data_dir()).map_err(|_| {
            Failure::fixable("there is no home directory to keep reviews in").hint("set HOME, or give --home DIR")
        })
    }

    /// Opens the home and says what is wrong with decks, if anything is.
    ///
    /// # Errors
    /// When the home can't be used.
    pub fn open(&self) -> Outcome<Store> {
        let store = Store::open(&self.home()?, self.now())?;
        for notice in store.notices() {
            let place = sanitize_line(&notice.path.display().to_string());
            let (cause, hint) = (sanitize_line(&notice.cause), sanitize_line(&notice.hint));
            let _ = io::stderr().write_all(format!("warning: {place}: {cause}\nhint: {hint}\n").as_bytes());
        }
        Ok(store)
    }

    /// Seed of shuffles: `--seed`, or the home's own.
    #[must_use]
    pub fn seed(&self, store: &Store) -> u64 {
        self.seed.unwrap_or(store.settings().seed)
    }

    /// Cells of a line on stdout.
    #[must_use]
    #[allow(clippy::unused_self, reason = "asked of the context like its neighbours")]
    pub fn width(&self) -> usize {
        let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse::<usize>().ok()).filter(|c| *c > 0);
        if !io::stdout().is_terminal() {
            return columns.unwrap_or(80).min(doc::MAX_WIDTH);
        }
        crossterm::terminal::size().map_or(80, |(w, _)| usize::from(w)).clamp(12, doc::MAX_WIDTH)
    }

    /// Colours on stdout?
    #[must_use]
    pub fn color(&self) -> bool {
        self.color_for(io::stdout().is_terminal())
    }

    /// Colours on stderr?
    #[must_use]
    pub fn color_err(&self) -> bool {
        self.color_for(io::stderr().is_terminal())
    }

    fn color_for(&self, terminal: bool) -> bool {
        match self.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => {
                terminal
                    && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
                    && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
            }
        }
    }

    /// Writes a document.
    ///
    /// # Errors
    /// When stdout is gone.
    pub fn show(&mut self, doc: &Doc) -> Outcome {
        let text = doc.render(self.color());
        Ok(self.out.write_all(text.as_bytes())?)
    }

    /// Writes a paragraph.
    ///
    /// # Errors
    /// When stdout is gone.
    pub fn say(&mut self, role: Role, text: &str) -> Outcome {
        let mut doc = Doc::new(self.width());
        doc.para(role, text);
        self.show(&doc)
    }

    /// Writes one JSON document.
    ///
    /// # Errors
    /// When stdout is gone.
    pub fn show_json(&mut self, value: &serde_json::Value) -> Outcome {
        let text = serde_json::to_string_pretty(value).map_err(|e| Failure::fixable(e.to_string()))?;
        Ok(writeln!(self.out, "{}", escape_json(&text))?)
    }

    /// Writes text that is safe already.
    ///
    /// # Errors
    /// When stdout is gone.
    pub fn write(&mut self, bytes: &[u8]) -> Outcome {
        Ok(self.out.write_all(bytes)?)
    }

    /// Stdout itself.
    pub fn out(&mut self) -> &mut BufWriter<StdoutLock<'static>> {
        &mut self.out
    }

    /// Sends everything written.
    ///
    /// # Errors
    /// When stdout is gone.
    pub fn flush(&mut self) -> Outcome {
        Ok(self.out.flush()?)
    }

    /// The card a user names.
    ///
    /// # Errors
    /// With "did you mean" when there is none.
    #[allow(clippy::unused_self, reason = "asked of the context like its neighbours")]
    pub fn card(&self, store: &Store, name: &str) -> Outcome<CardRow> {
        let missing = |near: Vec<String>| {
            let hint = match near.as_slice() {
                [] => "`scanwise cards WORD` looks for cards".to_owned(),
                [one] => format!("did you mean {one}?"),
                many => format!("did you mean one of: {}?", many.join(", ")),
            };
            Failure::fixable(format!("there is no card \"{name}\"")).hint(hint)
        };
        if let Ok(key) = CardKey::parse(name) {
            if let Some(row) = store.card_named(&key)? {
                return Ok(row);
            }
            let names = store.names_in(key.deck())?;
            if let Some(near) = crate::deck::problem::nearest(name, names.iter().map(String::as_str)) {
                return Err(missing(vec![near.to_owned()]));
            }
        }
        Err(missing(store.names_like(name)?))
    }

    /// Checks that the decks a user names are there.
    ///
    /// # Errors
    /// With "did you mean" when one is not.
    #[allow(clippy::unused_self, reason = "asked of the context like its neighbours")]
    pub fn filter(&self, store: &Store, decks: &[String], tags: &[String], domains: &[String]) -> Outcome<Filter> {
        let known = store.known_decks()?;
        for deck in decks {
            if !known.contains(deck) {
                let hint = crate::deck::problem::did_you_mean(deck, known.iter().map(String::as_str))
                    .unwrap_or_else(|| "`scanwise decks` lists them".to_owned());
                return Err(Failure::fixable(format!("there is no deck \"{deck}\"")).hint(hint));
            }
        }
        Ok(Filter { decks: decks.to_vec(), tags: tags.to_vec(), domains: domains.to_vec() })
    }
}

/// JSON may hold any character, a terminal may not: what [`is_unsafe`] names is written as `\u....`. Outside strings the
/// pretty printer writes nothing but newlines and ASCII.
fn escape_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && is_unsafe(c) {
            let mut units = [0; 2];
            out.extend(c.encode_utf16(&mut units).iter().map(|u| format!("\\u{u:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}
