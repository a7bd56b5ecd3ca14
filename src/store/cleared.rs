//! Decisions about possible identifiers of patients: a fingerprint of what was found, never the text.

use super::Store;
use super::error::Result;
use crate::model::Stamp;
use rusqlite::params;

impl Store {
    /// Was it decided before that what has this fingerprint identifies nobody?
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn is_cleared(&self, fingerprint: &[u8; 16]) -> Result<bool> {
        self.conn
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM cleared WHERE fingerprint = ?1)")
            .and_then(|mut s| s.query_row([fingerprint.as_slice()], |r| r.get(0)))
            .map_err(self.sql())
    }

    /// Records that these identify nobody.
    ///
    /// # Errors
    /// When the home can't be written.
    pub fn clear(&mut self, fingerprints: &[[u8; 16]], now: Stamp) -> Result<()> {
        let path = self.path.clone();
        self.write(|tx| {
            for fingerprint in fingerprints {
                tx.prepare_cached(
                    "INSERT OR IGNORE INTO cleared (fingerprint, utc_ms, decision) VALUES (?1, ?2, 'kept')",
                )
                .and_then(|mut s| s.execute(params![fingerprint.as_slice(), now.utc_ms]))
                .map_err(|e| super::StoreError::from_sqlite(&path, e))?;
            }
            Ok(())
        })
    }
}
