//! A progress bar on stderr, when somebody watches.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// A bar that shows itself once work takes longer than a moment.
pub struct Progress {
    bar: ProgressBar,
    what: String,
}

impl Progress {
    /// Hidden unless stderr is a terminal and `wanted`.
    #[must_use]
    pub fn new(wanted: bool) -> Self {
        let shown = wanted && std::io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr_with_hz(8) } else { ProgressDrawTarget::hidden() };
        Self { bar: ProgressBar::with_draw_target(Some(0), target), what: String::new() }
    }

    /// `done` of `of` (0: not known) of `what`.
    pub fn tick(&mut self, what: &str, done: u64, of: u64) {
        if self.what != what {
            what.clone_into(&mut self.what);
            // Fits 40 columns.
            let style = if of == 0 { "{msg} {human_pos} {spinner}" } else { "{msg} {wide_bar} {percent}%" };
            if let Ok(style) = ProgressStyle::with_template(style) {
                self.bar.set_style(style);
            }
            self.bar.set_message(self.what.clone());
        }
        self.bar.set_length(of);
        self.bar.set_position(done);
    }

    /// Takes the bar off the screen.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
