//! Pictures and sounds: names made safe, and only those that cards use unpacked.

use super::limits::MAX_NAME;
use super::package::Package;
use super::troubles::Troubles;
use crate::interchange::incoming::{MediaFile, ReadError, Tick};
use crate::model::text::is_unsafe;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// One entry of the package's list.
#[derive(Debug)]
struct Medium {
    entry: String,
    name: String,
    used: bool,
}

/// The media of a package, by the names cards use.
#[derive(Debug, Default)]
pub struct Media {
    all: Vec<Medium>,
    by_name: HashMap<String, usize>,
    /// Named on cards but not in the package.
    pub missing: BTreeSet<String>,
}

/// Most missing files remembered by name.
const MAX_MISSING: usize = 1_000;

impl Media {
    /// From the package's list: name in the archive, name on cards.
    pub fn new(list: Vec<(String, String)>) -> Self {
        let mut media = Self::default();
        let mut taken = HashMap::new();
        for (entry, original) in list {
            let name = unclaimed(&safe_name(&original), &mut taken);
            // The first of two entries with one name is the one Anki keeps.
            if !media.by_name.contains_key(&original) {
                media.by_name.insert(original, media.all.len());
                media.all.push(Medium { entry, name, used: false });
            }
        }
        media
    }

    /// A card names this file: the name to show. Addresses may be percent-encoded.
    pub fn used(&mut self, written: &str) -> String {
        let found = self.by_name.get(written).or_else(|| self.by_name.get(percent_decoded(written).as_ref()));
        if let Some(medium) = found.and_then(|i| self.all.get_mut(*i)) {
            medium.used = true;
            return medium.name.clone();
        }
        let name = safe_name(&percent_decoded(written));
        if self.missing.len() < MAX_MISSING {
            self.missing.insert(name.clone());
        }
        name
    }

    /// Writes every file that a card uses into a folder, under numbers.
    pub fn unpack(
        self,
        package: &mut Package,
        folder: &Path,
        troubles: &mut Troubles,
        tick: &mut Tick<'_>,
    ) -> Result<Vec<MediaFile>, ReadError> {
        let used: Vec<Medium> = self.all.into_iter().filter(|m| m.used).collect();
        if used.is_empty() {
            return Ok(Vec::new());
        }
        std::fs::create_dir_all(folder).map_err(|e| {
            let cause = format!("can't write there: {e}");
            ReadError::new(folder.display().to_string(), cause, "check the rights of the folder above")
        })?;
        let all = used.len() as u64;
        let mut out = Vec::with_capacity(used.len());
        for (i, medium) in used.into_iter().enumerate() {
            tick("unpacking pictures and sounds", i as u64, all);
            let path = folder.join(i.to_string());
            match package.unpack_medium(&medium.entry, &path)? {
                Ok(done) => out.push(MediaFile { name: medium.name, path, size: done.size, sha256: done.sha256 }),
                Err(cause) => {
                    // A part of a file is of no use; if it can't be removed, the scratch folder goes later anyway.
                    let _ = std::fs::remove_file(&path);
                    let hint = "the cards are kept without it; export the deck again to get it";
                    troubles.add(&format!("media {}", medium.name), cause, hint);
                }
            }
        }
        tick("unpacking pictures and sounds", all, all);
        Ok(out)
    }
}

/// One path component, never hidden, free of characters that a file system or our own markup gives a meaning.
fn safe_name(original: &str) -> String {
    let last = original.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !is_unsafe(*c))
        .map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '[' | ']' | '\n' | '\t') { '_' } else { c })
        .collect();
    let name = plain.trim_matches(|c: char| c.is_whitespace() || c == '.');
    let (stem, extension) = parts(name);
    let stem = cut(stem, MAX_NAME - 24);
    let extension = cut(extension, 20);
    let stem = stem.trim_end_matches(|c: char| c.is_whitespace() || c == '.');
    // Windows looks at what stands before the first dot, and takes raised digits for digits.
    let base = stem.split('.').next().unwrap_or_default().trim_end();
    let numbered = |d: &str| {
        let (Some(head), Some(tail)) = (base.get(..3), base.get(3..)) else { return false };
        let mut digits = tail.chars();
        let digit = digits.next().is_some_and(|c| c.is_ascii_digit() || "¹²³".contains(c));
        head.eq_ignore_ascii_case(d) && digit && digits.next().is_none()
    };
    let device = ["con", "prn", "aux", "nul"].iter().any(|d| base.eq_ignore_ascii_case(d))
        || ["com", "lpt"].iter().any(|d| numbered(d));
    let stem = match stem {
        "" => Cow::Borrowed("file"),
        // A shell that expands `*` hands a name with a dash in front on as a switch.
        _ if device || stem.starts_with('-') => Cow::Owned(format!("_{stem}")),
        _ => Cow::Borrowed(stem),
    };
    if extension.is_empty() { stem.into_owned() } else { format!("{stem}.{extension}") }
}

fn parts(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or((name, ""))
}

fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The name, or with a number when a file has it already (also one that differs only in case). `taken` remembers the
/// last number given out for a name, so that many equal names cost no more than few.
fn unclaimed(name: &str, taken: &mut HashMap<String, u32>) -> String {
    let key = name.to_lowercase();
    let Some(mut n) = taken.get(&key).copied() else {
        taken.insert(key, 1);
        return name.to_owned();
    };
    let (stem, extension) = parts(name);
    loop {
        n += 1;
        let candidate = if extension.is_empty() { format!("{stem}-{n}") } else { format!("{stem}-{n}.{extension}") };
        let new = candidate.to_lowercase();
        if !taken.contains_key(&new) {
            taken.insert(new, 1);
            taken.insert(key, n);
            return candidate;
        }
    }
}

fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let digit = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
        if bytes[i] == b'%'
            && let (Some(high), Some(low)) = (digit(i + 1), digit(i + 2))
            && let Ok(byte) = u8::try_from(high * 16 + low)
        {
            out.push(byte);
            i += 3;
        } else {
            out.push(bytes[i]);
            i += 1;
        }
    }
    String::from_utf8(out).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_one_harmless_component() {
        for (from, to) in [
            ("ct.png", "ct.png"),
            ("../../etc/passwd", "passwd"),
            ("/abs/x.jpg", "x.jpg"),
            ("C:\\Users\\x\\y.jpg", "y.jpg"),
            (".bashrc", "bashrc"),
            ("..", "file"),
            ("", "file"),
            ("a\u{0}b\u{202e}gnp.exe", "abgnp.exe"),
            ("NUL.png", "_NUL.png"),
            ("com1", "_com1"),
            ("NUL.old.png", "_NUL.old.png"),
            ("COM¹.png", "_COM¹.png"),
            ("coma.png", "coma.png"),
            ("console.png", "console.png"),
            ("-rf", "_-rf"),
            ("a]b[c?.png", "a_b_c_.png"),
            ("Röntgen 1.png", "Röntgen 1.png"),
            ("a/", "file"),
        ] {
            assert_eq!(safe_name(from), to, "{from:?}");
        }
        assert!(safe_name(&"ä".repeat(500)).len() <= MAX_NAME);
        assert!(safe_name(&format!("{}.png", "x".repeat(500))).ends_with("x.png"));
    }

    #[test]
    fn no_two_files_share_a_name() {
        let list = ["a/x.png", "b/X.png", "x.png", "x.png"].iter().enumerate();
        let mut media = Media::new(list.map(|(i, n)| (i.to_string(), (*n).to_owned())).collect());
        assert_eq!(media.used("a/x.png"), "x.png");
        assert_eq!(media.used("b/X.png"), "X-2.png");
        assert_eq!(media.used("x.png"), "x-3.png");
        assert_eq!(media.used("x%2Epng"), "x-3.png");
        assert_eq!(media.used("../gone.png"), "gone.png");
        assert_eq!(media.missing.iter().collect::<Vec<_>>(), ["gone.png"]);
    }
}
