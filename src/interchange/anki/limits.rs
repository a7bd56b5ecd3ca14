//! How much of a package is taken, so that reading one always ends. Declared sizes are never trusted: bytes are counted
//! as they come out of the decompressor.

/// Most files in a package.
pub const MAX_ENTRIES: usize = 300_000;

/// Largest collection once unpacked, in bytes.
pub const MAX_COLLECTION: u64 = 2 << 30;

/// A collection may always unpack to this much, however small the package.
pub const COLLECTION_FLOOR: u64 = 64 << 20;

/// How many times the package's own size a collection may unpack to. Text shrinks to a tenth; a hundredth is a bomb.
pub const COLLECTION_RATIO: u64 = 100;

/// Largest picture or sound, in bytes.
pub const MAX_MEDIUM: u64 = 512 << 20;

/// All pictures and sounds together may always unpack to this much.
pub const MEDIA_FLOOR: u64 = 256 << 20;

/// How many times the package's own size all media may unpack to; pictures and sounds hardly shrink.
pub const MEDIA_RATIO: u64 = 20;

/// Largest list of media names, unpacked, in bytes.
pub const MAX_MEDIA_LIST: u64 = 64 << 20;

/// Largest `meta`, in bytes; Anki writes two.
pub const MAX_META: u64 = 4 << 10;

/// Largest window a zstd frame may ask for, in bytes; Anki's frames ask for 2 to 8 MB.
pub const MAX_ZSTD_WINDOW: u64 = 32 << 20;

/// Most notes.
pub const MAX_NOTES: u64 = 1_000_000;

/// Most cards.
pub const MAX_CARDS: u64 = 3_000_000;

/// Longest description of a deck, in bytes.
pub const MAX_DESCRIPTION: usize = 1 << 20;

/// Most reviews in the history.
pub const MAX_REVIEWS: u64 = 5_000_000;

/// Most fields of one note.
pub const MAX_FIELDS: usize = 200;

/// Most templates of a note type that are looked at.
pub const MAX_TEMPLATES: usize = 200;

/// Most tags of one card.
pub const MAX_TAGS: usize = 100;

/// Most troubles told one by one.
pub const MAX_TROUBLES: usize = 1_000;

/// Longest name of a picture or sound, in bytes.
pub const MAX_NAME: usize = 120;
