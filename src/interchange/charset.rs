//! Bytes to text: UTF-8, UTF-16 and Windows-1252 are told apart and converted.
//!
//! | found | read as |
//! |---|---|
//! | byte order mark of UTF-8 or UTF-16 | what it says |
//! | valid UTF-8 | UTF-8 |
//! | every other byte zero | UTF-16 without a mark (some Windows programs write it) |
//! | mostly right UTF-8 with a few broken bytes | UTF-8, lossy: what is broken becomes U+FFFD |
//! | mostly ASCII letters | Windows-1252, what Excel and old editors write for smart quotes, ° and µ |
//! | mostly high bytes | what `chardetng` makes of it (another script, say Windows-1251) |
//! | a known binary format, many control bytes, UTF-32 | refused |

use super::incoming::ReadError;
use crate::model::text::thousands;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Largest file of text, in bytes.
pub const MAX_TEXT_FILE: usize = 1 << 30;

/// How much of a file is looked at to tell UTF-16 without a mark.
const SAMPLE: usize = 4_096;

/// Text, and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// The name of its encoding ("UTF-8", "UTF-16LE", "windows-1252").
    pub charset: &'static str,
    /// Something could not be converted and stands as U+FFFD or was not defined in that encoding.
    pub lossy: bool,
}

impl Decoded {
    /// Was it anything but sound UTF-8? Then the student should hear of it.
    #[must_use]
    pub fn converted(&self) -> bool {
        self.lossy || self.charset != UTF_8.name()
    }
}

/// Converts a file to text, whatever common encoding it has.
///
/// # Errors
/// When it is no text at all, or too large.
pub fn to_text(bytes: &[u8]) -> Result<Decoded, ReadError> {
    if bytes.len() > MAX_TEXT_FILE {
        let cause = format!(
            "{} bytes of text; at most {} are read",
            thousands(bytes.len() as u64),
            thousands(MAX_TEXT_FILE as u64)
        );
        return Err(ReadError::new("the file", cause, "split it into several files"));
    }
    refuse_known(bytes)?;
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return sound(decode(encoding, bytes.get(mark..).unwrap_or_default()));
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return sound(decode(encoding, bytes));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return sound(Decoded { text: text.to_owned(), charset: UTF_8.name(), lossy: false });
    }
    sound(decode(eight_bit(bytes), bytes))
}

/// Files that people pick by mistake, told by their first bytes.
fn refuse_known(bytes: &[u8]) -> Result<(), ReadError> {
    const SHEET: &str = "if it is a spreadsheet, save it as CSV; if it is an Anki package, name it .apkg";
    const KNOWN: &[(&[u8], &str, &str)] = &[
        (b"PK\x03\x04", "a zip archive", SHEET),
        (b"\xd0\xcf\x11\xe0", "an old Office document", "save it as CSV"),
        (b"%PDF", "a PDF", "copy its text into a file first"),
        (b"\x1f\x8b", "a gzip archive", "unpack it first"),
        (b"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it first"),
        (b"SQLite format 3\0", "a database", "export its cards first"),
        (b"\x89PNG", "a picture", "a deck is text"),
        (b"\xff\xd8\xff", "a picture", "a deck is text"),
        (b"\xff\xfe\0\0", "UTF-32 text", "save it as UTF-8"),
        (b"\0\0\xfe\xff", "UTF-32 text", "save it as UTF-8"),
    ];
    match KNOWN.iter().find(|(start, _, _)| bytes.starts_with(start)) {
        // UTF-16 that starts with a zero character is as little a text as UTF-32 here.
        Some((_, what, hint)) => Err(ReadError::new("the file", format!("this is {what}, not text"), *hint)),
        None => Ok(()),
    }
}

/// English in UTF-16 has a zero in every second byte: after the letter in little endian, before it in big endian.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let pairs = sample.len() / 2;
    if pairs < 2 {
        return None;
    }
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    if second * 10 > pairs * 6 && first * 20 < pairs {
        Some(UTF_16LE)
    } else if first * 10 > pairs * 6 && second * 20 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Which encoding a text has that is not UTF-8 throughout.
fn eight_bit(bytes: &[u8]) -> &'static Encoding {
    let (mut right, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += chunk.invalid().len();
    }
    if right >= broken.saturating_mul(4) {
        return UTF_8;
    }
    // Among Latin letters high bytes are quotes, degrees, micro signs and accents; statistics on so few mislead.
    let high = bytes.iter().filter(|b| !b.is_ascii()).count();
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
    if high * 2 <= letters {
        return WINDOWS_1252;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

fn decode(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    // The five bytes Windows-1252 leaves open become C1 controls.
    let undefined = encoding != UTF_8 && text.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c));
    Decoded { text: text.into_owned(), charset: encoding.name(), lossy: broken || undefined }
}

/// Refuses what decoded to mostly controls; a stray one passes, and readers drop it.
fn sound(decoded: Decoded) -> Result<Decoded, ReadError> {
    let odd = |b: &u8| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | b'\x0c' | b'\x1b');
    let controls = decoded.text.bytes().filter(|b| odd(b)).count();
    if controls > 0 && controls.saturating_mul(50) > decoded.text.len() {
        let at = decoded.text.bytes().position(|b| odd(&b)).unwrap_or(0);
        let cause = format!(
            "this is not text: {} control characters, the first at byte {}",
            thousands(controls as u64),
            thousands(at as u64 + 1)
        );
        return Err(ReadError::new("the file", cause, "save the cards as text in UTF-8, or export them as CSV"));
    }
    Ok(decoded)
}
