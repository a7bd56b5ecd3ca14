//! A sitting on a full screen.

use super::driver::Sitting;
use super::plain::Broken;

/// Gives the terminal back to the shell, if it was taken. Safe at any time, also from a panic.
pub fn give_back() {}

/// Runs a sitting.
///
/// # Errors
/// When the home or the terminal fails; what was answered stays recorded.
pub fn run(_sitting: &mut Sitting<'_>, _color: bool) -> Result<(), Broken> {
    Ok(())
}
