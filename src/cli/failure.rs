//! How a command fails: place and cause, the next step, and an exit code.

use super::context::Context;
use crate::model::text::sanitize_line;
use crate::store::StoreError;
use crate::ui::{Doc, Role};
use std::io::{self, Write};
use std::process::ExitCode;

/// The user or the data can fix it.
pub const FIXABLE: u8 = 1;
/// The command was called wrongly.
pub const USAGE: u8 = 2;
/// Nothing to do, where something specific was asked for.
pub const NOTHING: u8 = 3;
/// A defect of ours.
pub const DEFECT: u8 = 70;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: Option<String>,
    hint: Option<String>,
}

/// What a command returns.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// The user can fix it.
    pub fn fixable(message: impl Into<String>) -> Self {
        Self { code: FIXABLE, message: Some(message.into()), hint: None }
    }

    /// Called wrongly.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, ..Self::fixable(message) }
    }

    /// Nothing to do.
    pub fn nothing(message: impl Into<String>) -> Self {
        Self { code: NOTHING, ..Self::fixable(message) }
    }

    /// Everything was said already; only the exit code is left.
    pub fn silent(code: u8) -> Self {
        Self { code, message: None, hint: None }
    }

    /// With the next step.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With something else worth knowing, after the message.
    pub fn more(mut self, text: impl AsRef<str>) -> Self {
        if let Some(message) = &mut self.message {
            message.push_str("; ");
            message.push_str(text.as_ref());
        }
        self
    }

    /// The message alone.
    pub fn words(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }

    /// Says it in the midst of a talk that goes on.
    ///
    /// # Errors
    /// When stdout is gone.
    pub fn tell(&self, context: &mut Context) -> Outcome {
        let mut doc = Doc::new(context.width());
        doc.hanging("error: ", Role::Bad, Role::Plain, self.words());
        if let Some(hint) = &self.hint {
            doc.hanging("  hint: ", Role::Key, Role::Plain, hint);
        }
        context.show(&doc)?;
        context.flush()
    }

    /// Says it on stderr and gives the exit code.
    pub fn report(self, context: &Context) -> ExitCode {
        let mut text = String::new();
        let word = |name: &str, style: anstyle::Style| {
            if context.color_err() { format!("{style}{name}{style:#}") } else { name.to_owned() }
        };
        // "error" stays for what went wrong; having nothing to do is only told.
        if let Some(message) = &self.message {
            let lead = if self.code == NOTHING {
                String::new()
            } else {
                word("error", anstyle::AnsiColor::Red.on_default().bold()) + ": "
            };
            text.push_str(&format!("{lead}{}\n", sanitize_line(message)));
        }
        if let Some(hint) = &self.hint {
            text.push_str(&format!(
                "{}: {}\n",
                word("hint", anstyle::AnsiColor::Blue.on_default().bold()),
                sanitize_line(hint)
            ));
        }
        // If stderr is gone there is nobody left to tell.
        let _ = io::stderr().write_all(text.as_bytes());
        ExitCode::from(self.code)
    }
}

impl From<StoreError> for Failure {
    fn from(e: StoreError) -> Self {
        Self::fixable(e.to_string()).hint(e.hint())
    }
}

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Self {
        // A reader that closed the pipe (`| head`) has what it wanted.
        if e.kind() == io::ErrorKind::BrokenPipe {
            return Self::silent(0);
        }
        Self::fixable(format!("writing the output: {e}"))
    }
}

impl From<crate::ui::plain::Broken> for Failure {
    fn from(e: crate::ui::plain::Broken) -> Self {
        match e {
            crate::ui::plain::Broken::Store(e) => e.into(),
            crate::ui::plain::Broken::Io(e) => e.into(),
        }
    }
}
