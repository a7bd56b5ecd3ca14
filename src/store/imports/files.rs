//! Files put in their place after a commit: written and synced beside it before, renamed after.

use super::at_work;
use crate::store::error::{Result, StoreError};
use crate::store::{Store, intake};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A finished file that waits for its place.
#[derive(Debug, Clone)]
pub struct Staged {
    /// Where it goes, within `<home>/decks`.
    pub path: String,
    /// Where it lies now, on the same file system.
    pub ready: PathBuf,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// One file to move (or remove) once the transaction holds.
pub(super) struct Move {
    /// Within `<home>/decks`.
    pub(super) path: String,
    /// Within `<home>/decks`; `None` removes the file.
    pub(super) ready: Option<String>,
    /// SHA-256 of the file it replaces.
    pub(super) before: Option<Vec<u8>>,
}

pub(in crate::store) fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// Bytes made small.
pub(super) fn pack(decks: &Path, bytes: &[u8]) -> Result<Vec<u8>> {
    let packed = Packed::of(|put| put(bytes)).map_err(|source| StoreError::Io { path: decks.to_owned(), source })?;
    Ok(packed.0)
}

/// A long text made small while it is written, so that it is never in memory as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed(pub(super) Vec<u8>);

impl Packed {
    /// What `write` hands on, piece by piece. At zstd's level 1: an import waits for it.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn of(write: impl FnOnce(&mut dyn FnMut(&[u8]))) -> std::io::Result<Self> {
        let mut out = zstd::Encoder::new(Vec::new(), 1)?;
        let mut done = Ok(());
        write(&mut |piece| {
            if done.is_ok() {
                done = out.write_all(piece);
            }
        });
        done?;
        out.finish().map(Self)
    }
}

pub(super) fn unpack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    zstd::decode_all(bytes)
}

/// Writes `text` in full beside `path` (a name within `decks`) and syncs it. Returns the finished file's name.
pub(super) fn stage(decks: &Path, path: &str, text: &[u8]) -> Result<String> {
    let io = |source| StoreError::Io { path: decks.join(path), source };
    fs::create_dir_all(decks).map_err(io)?;
    at_work::hold(decks)?;
    let mut file =
        tempfile::Builder::new().prefix(&format!(".{path}.")).suffix(".import").tempfile_in(decks).map_err(io)?;
    file.write_all(text).map_err(io)?;
    file.as_file().sync_all().map_err(io)?;
    let (_, kept) = file.keep().map_err(|e| io(e.error))?;
    // A temporary file is private; a deck is the user's own plain file like any other.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&kept, fs::Permissions::from_mode(0o644)).map_err(io)?;
    }
    Ok(kept.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

/// Removes what was staged for a transaction that failed. A leftover is hidden and harmless.
pub(super) fn unstage(decks: &Path, moves: &[Move]) {
    for ready in moves.iter().filter_map(|m| m.ready.as_ref()) {
        let _ = fs::remove_file(decks.join(ready));
    }
}

/// Makes everything written below `folder` durable, in one call for however many files.
pub(super) fn sync_tree(folder: &Path) -> Result<()> {
    let io = |source| StoreError::Io { path: folder.to_owned(), source };
    let open = fs::File::open(folder).map_err(io)?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(&open).map_err(|e| io(e.into()))?;
    #[cfg(not(target_os = "linux"))]
    {
        for entry in fs::read_dir(folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.is_file() {
                fs::File::open(&path).and_then(|f| f.sync_all()).map_err(io)?;
            }
        }
        open.sync_all().map_err(io)?;
    }
    Ok(())
}

pub(super) fn promise(conn: &Connection, moves: &[Move]) -> rusqlite::Result<()> {
    let mut put = conn.prepare("INSERT OR REPLACE INTO pending (path, ready, before) VALUES (?1, ?2, ?3)")?;
    for m in moves {
        put.execute(params![m.path, m.ready, m.before])?;
    }
    Ok(())
}

/// Has another import committed this file and not put it in its place yet? What stands there is about to go.
pub(super) fn promised(conn: &Connection, path: &str) -> rusqlite::Result<bool> {
    conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM pending WHERE path = ?1)")?.query_row([path], |r| r.get(0))
}

/// A killed import leaves hidden files that nothing names. Where nobody can tell whether another is at work, they are swept
/// away once they are this old.
const LEFTOVER_NS: i64 = 24 * 3_600 * 1_000_000_000;

impl Store {
    /// A folder on the home's file system for what an import unpacks; it goes when it is dropped.
    ///
    /// # Errors
    /// When the home can't be written.
    pub fn scratch(&self) -> Result<tempfile::TempDir> {
        let decks = self.home.join("decks");
        let io = |source| StoreError::Io { path: decks.clone(), source };
        fs::create_dir_all(&decks).map_err(io)?;
        at_work::hold(&decks)?;
        tempfile::Builder::new().prefix(".incoming-").tempdir_in(&decks).map_err(io)
    }

    /// Removes what imports that were killed left in `<home>/decks`: at once when no other is at work, else once it is a
    /// day old.
    ///
    /// # Errors
    /// When the home can't be read; what can't be removed stays and is harmless.
    pub fn sweep_leftovers(&self) -> Result<()> {
        let decks = self.home.join("decks");
        // Before anything is looked at: who begins now waits, and who ended has promised what is to stay.
        let alone = at_work::alone(&decks);
        let Ok(entries) = fs::read_dir(&decks) else { return Ok(()) };
        let promised: Vec<String> = self
            .conn
            .prepare("SELECT ready FROM pending WHERE ready IS NOT NULL")
            .and_then(|mut s| s.query_map([], |r| r.get(0))?.collect())
            .map_err(self.sql())?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let staged = name.starts_with('.') && name.contains(".json.") && name.ends_with(".import");
            let ours = name.starts_with(".incoming-") || staged;
            if !ours || promised.iter().any(|p| p.starts_with(&name)) {
                continue;
            }
            let modified = entry.metadata().and_then(|m| m.modified()).ok();
            let age = modified
                .and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok())
                .and_then(|d| i64::try_from(d.as_nanos()).ok())
                .map_or(0, |ns| crate::clock::file_time_ns().saturating_sub(ns));
            if alone.is_some() || age > LEFTOVER_NS {
                let _ = if entry.path().is_dir() {
                    fs::remove_dir_all(entry.path())
                } else {
                    fs::remove_file(entry.path())
                };
            }
        }
        Ok(())
    }

    /// Puts files in their place that a committed import promised: nothing to do unless one was interrupted.
    pub(in crate::store) fn keep_promises(&mut self) -> Result<()> {
        let any: bool = self
            .conn
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM pending)")
            .and_then(|mut s| s.query_row([], |r| r.get(0)))
            .map_err(self.sql())?;
        if !any {
            return Ok(());
        }
        let (path, decks) = (self.path.clone(), self.home.join("decks"));
        // Under the write lock: two starts at once must not both move one file.
        let (moves, kept) = self.write(|tx| {
            let sql = |e| StoreError::from_sqlite(&path, e);
            let moves: Vec<Move> = tx
                .prepare("SELECT path, ready, before FROM pending")
                .and_then(|mut s| {
                    s.query_map([], |r| Ok(Move { path: r.get(0)?, ready: r.get(1)?, before: r.get(2)? }))?.collect()
                })
                .map_err(sql)?;
            let mut kept = Vec::new();
            for m in &moves {
                kept.extend(put(&decks, m)?.map(|aside| (decks.join(&m.path), aside)));
            }
            if let Ok(folder) = fs::File::open(&decks) {
                // Where a folder can't be synced the rename is as durable as that file system makes it.
                let _ = folder.sync_all();
            }
            tx.execute("DELETE FROM pending", []).map_err(sql)?;
            Ok((moves, kept))
        })?;
        for (file, aside) in kept {
            self.notices.push(intake::Notice {
                path: file,
                cause: "it was edited while an import was being written".to_owned(),
                hint: format!("your version is kept as {}", aside.display()),
            });
        }
        // What a scratch folder still holds is of no use once its files are in place.
        for m in &moves {
            if let Some((folder, _)) = m.ready.as_deref().unwrap_or(&m.path).rsplit_once('/') {
                // Only an empty one goes.
                let _ = fs::remove_dir(decks.join(folder));
            }
        }
        Ok(())
    }
}

/// Moves one file into place. A file there that is neither the one replaced nor the new one was edited meanwhile: it is
/// kept beside, and its name returned. Another process may be doing the same: whoever is later has nothing to do.
fn put(decks: &Path, m: &Move) -> Result<Option<PathBuf>> {
    let target = decks.join(&m.path);
    let io = |source| StoreError::Io { path: target.clone(), source };
    let ready = m.ready.as_ref().map(|r| decks.join(r));
    // Renamed before the process died: only the note was left.
    if ready.as_ref().is_some_and(|r| !r.exists()) {
        return Ok(None);
    }
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(io)?;
    }
    let mut aside = None;
    match fs::read(&target) {
        Ok(now) => {
            let new = match ready.as_ref().map(fs::read) {
                Some(Err(e)) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Some(Ok(new)) => Some(new),
                _ => None,
            };
            if m.before.as_deref() != Some(sha256(&now).as_slice()) && new.is_none_or(|new| new != now) {
                let kept = free_name(&target);
                fs::write(&kept, &now).map_err(io)?;
                aside = Some(kept);
            }
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(io(e)),
    }
    match ready {
        Some(ready) => match into_place(&ready, &target) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io(e)),
            _ => {}
        },
        None => match fs::remove_file(&target) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io(e)),
            _ => {}
        },
    }
    Ok(aside)
}

/// Renames; where a link stands (to a folder kept in git, say) the file it leads to is replaced, and the link stays.
fn into_place(ready: &Path, target: &Path) -> std::io::Result<()> {
    let Some(led_to) = target.is_symlink().then(|| fs::canonicalize(target).ok()).flatten() else {
        return fs::rename(ready, target);
    };
    match (fs::rename(ready, &led_to), led_to.parent()) {
        (Err(e), Some(folder)) if e.kind() == std::io::ErrorKind::CrossesDevices => {
            let mut beside = tempfile::Builder::new().prefix(".scanwise-").tempfile_in(folder)?;
            std::io::copy(&mut fs::File::open(ready)?, &mut beside)?;
            beside.as_file().set_permissions(fs::metadata(ready)?.permissions())?;
            beside.as_file().sync_all()?;
            beside.persist(&led_to).map_err(|e| e.error)?;
            fs::remove_file(ready)
        }
        (done, _) => done,
    }
}

/// `stroke.json` as `stroke.json.kept-1`, or the next number that is free.
fn free_name(path: &Path) -> PathBuf {
    for n in 1.. {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".kept-{n}"));
        let name = PathBuf::from(name);
        if !name.exists() {
            return name;
        }
    }
    unreachable!("a free number is found")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_process_has_put_in_place_is_no_edit() {
        let folder = tempfile::tempdir().expect("a folder");
        let decks = folder.path();
        let at = |name: &str| decks.join(name);
        fs::write(at("a.json"), "new").expect("a file");
        fs::write(at(".a.json.x.import"), "new").expect("a file");
        let m = Move { path: "a.json".into(), ready: Some(".a.json.x.import".into()), before: Some(sha256(b"old")) };
        assert_eq!(put(decks, &m).expect("put"), None, "kept beside although nobody edited it");
        assert_eq!(put(decks, &m).expect("put again"), None);
        assert_eq!(fs::read_dir(decks).expect("a folder").count(), 1);
        // An edit in between is one.
        fs::write(at("a.json"), "mine").expect("a file");
        fs::write(at(".a.json.x.import"), "new").expect("a file");
        let aside = put(decks, &m).expect("put").expect("kept beside");
        assert_eq!(fs::read_to_string(aside).expect("a file"), "mine");
        assert_eq!(fs::read_to_string(at("a.json")).expect("a file"), "new");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_what_it_leads_to_is_replaced() {
        let (folder, elsewhere) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        // Most machines have memory as another file system, where nothing can be renamed to.
        let other = tempfile::tempdir_in("/dev/shm").ok();
        for outside in [Some(elsewhere.path()), other.as_ref().map(tempfile::TempDir::path)].into_iter().flatten() {
            let (link, real) = (folder.path().join("a.json"), outside.join("real.json"));
            fs::write(&real, "old").expect("a file");
            std::os::unix::fs::symlink(&real, &link).expect("a link");
            fs::write(folder.path().join(".a.json.x.import"), "new").expect("a file");
            let before = Some(sha256(b"old"));
            let m = Move { path: "a.json".into(), ready: Some(".a.json.x.import".into()), before };
            assert_eq!(put(folder.path(), &m).expect("put"), None);
            assert!(link.is_symlink());
            assert_eq!(fs::read_to_string(&real).expect("a file"), "new");
            assert_eq!(fs::read_dir(outside).expect("a folder").count(), 1);
            fs::remove_file(&link).expect("the link");
            assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
        }
    }
}
