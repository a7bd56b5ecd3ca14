//! The archive: which collection is the real one, and its files unpacked with every byte counted.

use super::limits::{
    COLLECTION_FLOOR, COLLECTION_RATIO, MAX_COLLECTION, MAX_ENTRIES, MAX_MEDIA_LIST, MAX_MEDIUM, MAX_META,
    MAX_ZSTD_WINDOW, MEDIA_FLOOR, MEDIA_RATIO,
};
use crate::interchange::incoming::{ReadError, Tick};
use crate::model::text::thousands;
use prost::Message;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use zip::read::Config;
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;
use zip::{CompressionMethod, ZipArchive};
use zstd::Decoder;

/// How the package is laid out, as its `meta` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// `collection.anki2`, JSON list of media.
    First,
    /// `collection.anki21`, JSON list of media.
    Second,
    /// `collection.anki21b`, everything zstd.
    Third,
}

impl Layout {
    const fn collection(self) -> &'static str {
        match self {
            Self::First => "collection.anki2",
            Self::Second => "collection.anki21",
            Self::Third => "collection.anki21b",
        }
    }
}

/// `meta`.
#[derive(Clone, PartialEq, Message)]
struct Meta {
    #[prost(int64, tag = "1")]
    version: i64,
}

/// The list of media since the third layout.
#[derive(Clone, PartialEq, Message)]
struct MediaList {
    #[prost(message, repeated, tag = "1")]
    entries: Vec<MediaEntry>,
}

#[derive(Clone, PartialEq, Message)]
struct MediaEntry {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(uint32, optional, tag = "255")]
    entry: Option<u32>,
}

/// What came of unpacking one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpacked {
    /// Bytes.
    pub size: u64,
    /// Their SHA-256.
    pub sha256: [u8; 32],
}

/// An open package.
pub struct Package {
    zip: ZipArchive<BufReader<File>>,
    layout: Layout,
    /// The package's own size: what it holds is measured by it.
    size: u64,
    /// Bytes of media that may still come.
    media_left: u64,
    /// Packed bytes that may still be read: all entries together are no larger than the package, unless they overlap. A
    /// few bytes could else be unpacked for ever, and give nothing that counts.
    packed_left: u64,
}

/// Bytes copied at once.
const BUFFER: usize = 128 << 10;

const EXPORT_AGAIN: &str = "export the deck from Anki again, and copy the file whole";

impl Package {
    /// Opens a package and finds out how it is laid out.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let io = |e: std::io::Error| {
            ReadError::new(path.display().to_string(), format!("it can't be read: {e}"), "check its name and rights")
        };
        // Opening a pipe would wait for its other end.
        let about = std::fs::metadata(path).map_err(io)?;
        if !about.is_file() {
            return Err(io(std::io::Error::other("it is no file")));
        }
        let file = File::open(path).map_err(io)?;
        let size = about.len();
        let bad = |e: &ZipError| ReadError::new("the archive", said(e), EXPORT_AGAIN);
        let counted = ZipIterable::try_new(BufReader::new(&file), Config::default()).map_err(|e| bad(&e))?.len();
        if counted > MAX_ENTRIES {
            let cause = format!("{} files; at most {}", thousands(counted as u64), thousands(MAX_ENTRIES as u64));
            return Err(ReadError::new("the archive", cause, "export fewer decks at once"));
        }
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|e| bad(&e))?;
        if zip.has_duplicate_names() {
            return Err(ReadError::new("the archive", "two files in it have the same name", EXPORT_AGAIN));
        }
        let media_left = MEDIA_FLOOR.max(size.saturating_mul(MEDIA_RATIO));
        // Twice, so that a picture may have two names.
        let packed_left = size.saturating_mul(2);
        let mut package = Self { zip, layout: Layout::First, size, media_left, packed_left };
        package.layout = package.find_layout()?;
        Ok(package)
    }

    fn has(&self, name: &str) -> bool {
        self.zip.index_for_name_raw(name.as_bytes()).is_some()
    }

    /// The layout as `meta` says it. The newest layout also carries a `collection.anki2` with one card that asks to
    /// update Anki, so what is there says nothing.
    fn find_layout(&mut self) -> Result<Layout, ReadError> {
        if !self.has("meta") {
            return match (self.has("collection.anki21b"), self.has("collection.anki21"), self.has("collection.anki2")) {
                (true, ..) => Err(ReadError::new(
                    "the archive",
                    "its \"meta\" is missing, which says which collection in it is the real one",
                    EXPORT_AGAIN,
                )),
                (_, true, _) => Ok(Layout::Second),
                (.., true) => Ok(Layout::First),
                _ => Err(ReadError::new(
                    "the archive",
                    "there is no Anki collection in it",
                    "choose a file that Anki exported: .apkg or .colpkg",
                )),
            };
        }
        let mut bytes = Vec::new();
        self.copy("meta", false, MAX_META, &mut bytes, &mut |_| ())?;
        let meta = Meta::decode(bytes.as_slice())
            .map_err(|e| ReadError::new("meta", format!("it can't be read: {e}"), EXPORT_AGAIN))?;
        let layout = match meta.version {
            1 => Layout::First,
            2 => Layout::Second,
            3 => Layout::Third,
            n => {
                return Err(ReadError::new(
                    "meta",
                    format!("layout {n} of packages is not known; 1 to 3 are"),
                    "export it again with \"Support older Anki versions\" ticked",
                ));
            }
        };
        if self.has(layout.collection()) {
            Ok(layout)
        } else {
            let cause = format!("there is no {} in it, which its \"meta\" names", layout.collection());
            Err(ReadError::new("the archive", cause, EXPORT_AGAIN))
        }
    }

    /// The name of the collection that is read.
    pub const fn collection(&self) -> &'static str {
        self.layout.collection()
    }

    /// Writes the collection to a file.
    pub fn unpack_collection(&mut self, to: &Path, tick: &mut Tick<'_>) -> Result<(), ReadError> {
        let name = self.collection();
        let most = MAX_COLLECTION.min(COLLECTION_FLOOR.max(self.size.saturating_mul(COLLECTION_RATIO)));
        let mut out = File::create(to).map_err(|e| unwritable(to, &e))?;
        let mut done = 0;
        self.copy(name, self.layout == Layout::Third, most, &mut out, &mut |n| {
            done += n;
            tick("unpacking the collection", done, 0);
        })?;
        Ok(())
    }

    /// The media: name in the archive, and name on cards.
    pub fn media_list(&mut self) -> Result<Vec<(String, String)>, ReadError> {
        if !self.has("media") {
            return Ok(Vec::new());
        }
        let mut bytes = Vec::new();
        self.copy("media", self.layout == Layout::Third, MAX_MEDIA_LIST, &mut bytes, &mut |_| ())?;
        let bad = |e: &dyn std::fmt::Display| {
            ReadError::new("media", format!("the list of pictures and sounds can't be read: {e}"), EXPORT_AGAIN)
        };
        let list: Vec<(String, String)> = if self.layout == Layout::Third {
            let list = MediaList::decode(bytes.as_slice()).map_err(|e| bad(&e))?;
            list.entries
                .into_iter()
                .enumerate()
                .map(|(i, e)| (e.entry.map_or_else(|| i.to_string(), |n| n.to_string()), e.name))
                .collect()
        } else if bytes.trim_ascii().is_empty() {
            Vec::new()
        } else {
            let list: std::collections::BTreeMap<String, String> =
                serde_json::from_slice(&bytes).map_err(|e| bad(&e))?;
            list.into_iter().collect()
        };
        if list.len() > MAX_ENTRIES {
            let cause = format!("{} names; at most {}", thousands(list.len() as u64), thousands(MAX_ENTRIES as u64));
            return Err(ReadError::new("media", cause, "export fewer decks at once"));
        }
        Ok(list)
    }

    /// Writes one picture or sound to a file. The inner error is one this file alone has.
    pub fn unpack_medium(&mut self, entry: &str, to: &Path) -> Result<Result<Unpacked, String>, ReadError> {
        if !self.has(entry) {
            return Ok(Err("the package lists it but does not hold it".to_owned()));
        }
        let file = File::create(to).map_err(|e| unwritable(to, &e))?;
        let mut out = Hashing { file, hash: Sha256::new(), size: 0 };
        let most = MAX_MEDIUM.min(self.media_left);
        let done = self.copy(entry, self.layout == Layout::Third, most, &mut out, &mut |_| ());
        self.media_left = self.media_left.saturating_sub(out.size);
        let no_more = most < MAX_MEDIUM && out.size + BUFFER as u64 > most;
        match done {
            Ok(()) => Ok(Ok(Unpacked { size: out.size, sha256: out.hash.finalize().into() })),
            Err(e) if no_more => Err(ReadError { place: "the pictures and sounds".to_owned(), ..e }),
            // The disk's fault: no use to go on.
            Err(e) if e.place != entry => Err(e),
            Err(e) => Ok(Err(e.cause)),
        }
    }

    /// Copies one entry, unpacked, and refuses it past `most` bytes.
    fn copy(
        &mut self,
        name: &str,
        zstd: bool,
        most: u64,
        to: &mut dyn Write,
        each: &mut dyn FnMut(u64),
    ) -> Result<(), ReadError> {
        let bad = |cause: String| ReadError::new(name, cause, EXPORT_AGAIN);
        let index = self.zip.index_for_name_raw(name.as_bytes()).ok_or_else(|| bad("it is not there".to_owned()))?;
        let mut entry = self.zip.by_index(index).map_err(|e| bad(said(&e)))?;
        if entry.is_symlink() || entry.is_dir() {
            return Err(bad("it is no file but a link or a folder".to_owned()));
        }
        match self.packed_left.checked_sub(entry.compressed_size()) {
            Some(left) => self.packed_left = left,
            None => {
                return Err(ReadError::new(
                    "the archive",
                    "its files overlap, or one of them has many names",
                    EXPORT_AGAIN,
                ));
            }
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(bad(format!("it is packed in a way Anki does not use ({:?})", entry.compression())));
        }
        if !zstd {
            return pour(&mut entry, name, most, to, each);
        }
        let unreadable = |e: std::io::Error| bad(format!("its zstd data can't be read: {e}"));
        let mut frame = Decoder::with_buffer(BufReader::with_capacity(BUFFER, &mut entry)).map_err(unreadable)?;
        frame.window_log_max(MAX_ZSTD_WINDOW.ilog2()).map_err(unreadable)?;
        let mut frame = frame.single_frame();
        pour(&mut frame, name, most, to, each).map_err(|e| {
            let window = format!("it asks for more than {} bytes of memory at once", thousands(MAX_ZSTD_WINDOW));
            // The library has no number for it that could be asked for.
            if e.cause.contains("too much memory") { ReadError { cause: window, ..e } } else { e }
        })?;
        // Reading on to the end is what has the archive's checksum compared.
        match frame.finish().fill_buf() {
            Ok([]) => Ok(()),
            Ok(_) => Err(bad("there is more after the end of its zstd data".to_owned())),
            Err(e) => Err(bad(format!("it is damaged: {e}"))),
        }
    }
}

fn pour(
    from: &mut dyn Read,
    name: &str,
    most: u64,
    to: &mut dyn Write,
    each: &mut dyn FnMut(u64),
) -> Result<(), ReadError> {
    let mut buffer = vec![0_u8; BUFFER];
    let mut total = 0_u64;
    loop {
        let n = match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(ReadError::new(name, format!("it is damaged: {e}"), EXPORT_AGAIN)),
        };
        total += n as u64;
        if total > most {
            let cause = format!("it unpacks to more than {} bytes, which is the limit for it here", thousands(most));
            return Err(ReadError::new(name, cause, "if you trust the file, export fewer decks or media at once"));
        }
        to.write_all(&buffer[..n]).map_err(|e| unwritable(Path::new("the scratch folder"), &e))?;
        each(n as u64);
    }
}

/// Writes, and hashes what it writes.
struct Hashing {
    file: File,
    hash: Sha256,
    size: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hash.update(&bytes[..n]);
        self.size += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

fn unwritable(path: &Path, e: &std::io::Error) -> ReadError {
    ReadError::new(
        path.display().to_string(),
        format!("can't write there: {e}"),
        "free some space, or check its rights",
    )
}

fn said(e: &ZipError) -> String {
    match e {
        ZipError::UnsupportedArchive(why) if *why == ZipError::PASSWORD_REQUIRED => "it asks for a password".to_owned(),
        ZipError::InvalidArchive(_) | ZipError::Io(_) => format!("it is no whole zip archive ({e})"),
        other => other.to_string(),
    }
}
