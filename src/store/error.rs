//! What can go wrong with a home, said for people.

use std::path::{Path, PathBuf};

/// Trouble with the home or its database. Nothing was changed when one of these is returned.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder can't be made.
    #[error("{}: the home can't be created: {source}", path.display())]
    CreateHome {
        /// The home.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Something can't be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The database can't be written.
    #[error("{}: can't be written (read-only)", path.display())]
    ReadOnly {
        /// The database.
        path: PathBuf,
    },
    /// No room.
    #[error("{}: it can't be written to, most likely because the disk is full; this was not recorded", path.display())]
    Full {
        /// The database.
        path: PathBuf,
    },
    /// Not `SQLite`.
    #[error("{}: this is not a scanwise database ({why})", path.display())]
    NotOurs {
        /// The database.
        path: PathBuf,
        /// What it is instead.
        why: String,
    },
    /// From a later release.
    #[error("{}: written by a newer scanwise (data version {found}; this one knows {known})", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// Torn or damaged.
    #[error("{}: the database is damaged: {why}", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What `SQLite` says.
        why: String,
    },
    /// A file system without what durability needs.
    #[error("{}: this file system can't hold a write-ahead log (it answered {answer:?})", path.display())]
    NoWal {
        /// The database.
        path: PathBuf,
        /// The journal mode it offers.
        answer: String,
    },
    /// Another process kept the lock.
    #[error("{}: another scanwise is writing and did not finish in {seconds} s; nothing was recorded", path.display())]
    Busy {
        /// The database.
        path: PathBuf,
        /// How long was waited.
        seconds: u32,
    },
    /// The log holds something this program can't read.
    #[error("{}: event {event} can't be read: {why}", path.display())]
    BadEvent {
        /// The database.
        path: PathBuf,
        /// Which event.
        event: String,
        /// Why.
        why: String,
    },
    /// A deck's file changed between looking and writing.
    #[error("{}: it was changed while this was being prepared; nothing was written", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Another process took an import back meanwhile.
    #[error("{}: import {import} was taken back already, by another scanwise; nothing was changed", path.display())]
    Overtaken {
        /// The home's database.
        path: PathBuf,
        /// The import that was to be taken back.
        import: i64,
    },
    /// Later imports start from what an import left.
    #[error(
        "{}: {} came after import {import} and {}; nothing was taken back",
        path.display(),
        imports(later),
        if later.len() == 1 { "builds on it" } else { "build on it" }
    )]
    BuiltUpon {
        /// The home's database.
        path: PathBuf,
        /// The import that was to be taken back.
        import: i64,
        /// Those to take back before it, the newest first.
        later: Vec<i64>,
    },
    /// What was to be written can't stand.
    #[error("{}: {why}", path.display())]
    Refused {
        /// The home's database.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// Anything else `SQLite` says.
    #[error("{}: {source}", path.display())]
    Sqlite {
        /// The database.
        path: PathBuf,
        /// The error.
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// The next step.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::CreateHome { .. } => "choose another folder with --home DIR or SCANWISE_HOME".to_owned(),
            Self::ReadOnly { .. } => {
                "make the folder and the file writable, or copy the home to a place you can write and use --home"
                    .to_owned()
            }
            Self::Full { .. } => "free some space and run the command again".to_owned(),
            Self::NotOurs { .. } => {
                "move that file away, or point --home at another folder; it was not touched".to_owned()
            }
            Self::Newer { .. } => "install the newer scanwise again; the file was not touched".to_owned(),
            Self::Damaged { .. } => {
                "copy the whole home somewhere safe first, then put back a copy from before; the file was not touched"
                    .to_owned()
            }
            Self::NoWal { .. } => "keep the home on a local disk; network and FUSE folders can lose reviews".to_owned(),
            Self::Busy { .. } => "close the other one or wait for it, then run the command again".to_owned(),
            Self::BadEvent { .. } => "run `scanwise doctor`; if a newer scanwise wrote it, install that one".to_owned(),
            Self::Overtaken { .. } => "`scanwise import --list` shows what was imported".to_owned(),
            Self::BuiltUpon { later, .. } => {
                let numbers: Vec<String> = later.iter().map(ToString::to_string).collect();
                let (first, rest) = numbers.split_first().map_or(("", &[][..]), |(f, r)| (f.as_str(), r));
                let rest = if rest.is_empty() { String::new() } else { format!(", then {}", rest.join(", ")) };
                format!("take {first} back first{rest}: `scanwise import --undo {first}`")
            }
            Self::Changed { .. } => "run the command again: it will see the new version".to_owned(),
            Self::Refused { .. } => "nothing was changed; run `scanwise check` on the deck's file".to_owned(),
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
                "check who owns the folder, or choose another with --home DIR".to_owned()
            }
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
                "free some space and run the command again".to_owned()
            }
            Self::Io { .. } | Self::Sqlite { .. } => "run `scanwise doctor` to look at the whole home".to_owned(),
        }
    }

    /// Sorts a `SQLite` error into what a person can act on.
    #[must_use]
    pub fn from_sqlite(path: &Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path },
            Some(ErrorCode::NotADatabase) => Self::NotOurs { path, why: "SQLite can't read it".to_owned() },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, why: source.to_string() },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Busy { path, seconds: super::open::BUSY_SECONDS }
            }
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::Io {
                path,
                source: std::io::Error::new(std::io::ErrorKind::PermissionDenied, "the database can't be opened"),
            },
            // On a nearly full disk it is the write, or the making of the shared index, that fails.
            Some(ErrorCode::SystemIoFailure) if failed_to_write(&source) => Self::Full { path },
            _ => Self::Sqlite { path, source },
        }
    }
}

/// "import 2", "imports 4 and 2".
fn imports(numbers: &[i64]) -> String {
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("imports {} and {last}", rest.join(", ")),
        _ => format!("import {}", words.concat()),
    }
}

fn failed_to_write(e: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_WRITE};
    e.sqlite_error().is_some_and(|e| matches!(e.extended_code, SQLITE_IOERR_WRITE | SQLITE_IOERR_SHMSIZE))
}

/// What store functions return.
pub type Result<T> = std::result::Result<T, StoreError>;
