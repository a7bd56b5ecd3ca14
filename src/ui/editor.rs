//! The student's own editor, with the terminal to itself.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

static RUNNING: AtomicBool = AtomicBool::new(false);
static HANDLED: AtomicBool = AtomicBool::new(false);

/// The editor is running: an interrupt typed now is meant for it.
#[must_use]
pub fn is_running() -> bool {
    RUNNING.load(Ordering::SeqCst)
}

/// Somebody else acts on signals, and asks [`is_running`].
pub fn signals_are_handled() {
    HANDLED.store(true, Ordering::SeqCst);
}

/// Why no edited text came back.
#[derive(Debug, thiserror::Error)]
pub enum EditorError {
    /// None is there.
    #[error("no editor was found")]
    None,
    /// The shell does not know the command.
    #[error("the editor \"{0}\" was not found")]
    Missing(String),
    /// It ended with an error.
    #[error("the editor \"{0}\" ended with an error")]
    Failed(String),
    /// It can't be started.
    #[error("the editor can't be started: {0}")]
    Io(#[from] io::Error),
}

/// The command in `VISUAL` or `EDITOR`, else the first of vi and nano that is there.
fn command() -> Option<OsString> {
    let named = ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var_os(name).filter(|v| !v.is_empty()));
    named.or_else(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders: Vec<_> = std::env::split_paths(&path).collect();
        ["vi", "nano"].iter().find(|n| folders.iter().any(|f| f.join(n).is_file())).map(OsString::from)
    })
}

/// Opens a file in the student's editor and waits until it is closed.
///
/// # Errors
/// When there is no editor, or it ends with an error; the file is as it left it.
pub fn open(file: &Path) -> Result<(), EditorError> {
    let editor = command().ok_or(EditorError::None)?;
    // As git does: the shell takes the value apart, so that it may hold arguments and quotes. An interrupt typed in the
    // editor must not end the shell that waits for it; a trap, unlike a signal ignored, is not passed on to the editor.
    let mut script = OsString::from("trap : INT; ");
    script.push(&editor);
    script.push(" \"$@\"");
    let mut child = Command::new("sh");
    child.arg("-c").arg(script).arg(&editor).arg(file);
    child.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
    let status = {
        let _running = Running::start();
        child.status()
    }?;
    let name = editor.to_string_lossy().into_owned();
    match status.code() {
        Some(0) => Ok(()),
        Some(127) => Err(EditorError::Missing(name)),
        _ => Err(EditorError::Failed(name)),
    }
}

/// While it lives, interrupts are the editor's.
struct Running;

impl Running {
    fn start() -> Self {
        RUNNING.store(true, Ordering::SeqCst);
        if !HANDLED.load(Ordering::SeqCst)
            && let Some(deadly) = deadly()
        {
            deadly.store(false, Ordering::SeqCst);
        }
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.store(false, Ordering::SeqCst);
        if let Some(deadly) = DEADLY.get().and_then(Option::as_ref) {
            deadly.store(true, Ordering::SeqCst);
        }
    }
}

static DEADLY: OnceLock<Option<Arc<AtomicBool>>> = OnceLock::new();

/// A switch: does an interrupt end this program, as it does without a handler?
fn deadly() -> Option<&'static Arc<AtomicBool>> {
    let made = DEADLY.get_or_init(|| {
        let switch = Arc::new(AtomicBool::new(true));
        let signal = signal_hook::consts::SIGINT;
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&switch)).ok().map(|_| switch)
    });
    made.as_ref()
}
