//! What the user may set, kept in the home.

use super::error::{Result, StoreError};
use super::{Store, state};
use crate::log::Folding;
use crate::model::Rollover;
use crate::schedule::{Limits, Params};
use rusqlite::{Connection, OptionalExtension, params};

/// Everything that can be set, with what it means now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// New cards and reviews a day.
    pub limits: Limits,
    /// When a study day ends.
    pub rollover: Rollover,
    /// Scheduling.
    pub params: Params,
    /// Name of this device in the log.
    pub device: String,
    /// Seed of shuffles, drawn once for this home.
    pub seed: u64,
    /// The rotation that drafts are caught on.
    pub rotation: Option<String>,
}

impl Settings {
    /// What a fold depends on.
    #[must_use]
    pub fn folding(&self) -> Folding {
        Folding { params: self.params, rollover: self.rollover }
    }

    /// Changes whenever the cache must be made anew: the settings above, and the version of the fold itself.
    pub(super) fn fold_mark(&self) -> String {
        format!("2 fuzz={} rollover={}", self.params.fuzz, self.rollover.0)
    }

    /// The value of a setting as text.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<String> {
        Some(match key {
            "new_per_day" => self.limits.new_per_day.to_string(),
            "reviews_per_day" => self.limits.reviews_per_day.map_or("off".to_owned(), |n| n.to_string()),
            "rollover_hour" => self.rollover.0.to_string(),
            "fuzz" => if self.params.fuzz { "on" } else { "off" }.to_owned(),
            "leech_lapses" => self.params.leech_lapses.to_string(),
            "device" => self.device.clone(),
            "rotation" => self.rotation.clone().unwrap_or_else(|| "off".to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, key: &str, value: &str) -> std::result::Result<(), SettingError> {
        let spec =
            SETTINGS.iter().find(|s| s.key == key).ok_or_else(|| SettingError::Unknown { key: key.to_owned() })?;
        let bad = || SettingError::Value { key: spec.key, value: value.to_owned(), want: spec.values };
        let number =
            |low: u32, high: u32| value.parse::<u32>().ok().filter(|n| (low..=high).contains(n)).ok_or_else(bad);
        match key {
            "new_per_day" => self.limits.new_per_day = number(0, 9_999)?,
            "reviews_per_day" => {
                self.limits.reviews_per_day = if value == "off" { None } else { Some(number(0, 99_999)?) };
            }
            "rollover_hour" => self.rollover = Rollover(u8::try_from(number(0, 23)?).map_err(|_| bad())?),
            "fuzz" => {
                self.params.fuzz = match value {
                    "on" => true,
                    "off" => false,
                    _ => return Err(bad()),
                };
            }
            "leech_lapses" => self.params.leech_lapses = number(1, 99)?,
            "rotation" => {
                crate::model::ids::check_id(value).map_err(|_| bad())?;
                self.rotation = (value != "off").then(|| value.to_owned());
            }
            _ => {
                crate::model::ids::check_id(value).map_err(|_| bad())?;
                value.clone_into(&mut self.device);
            }
        }
        Ok(())
    }
}

/// One setting, for `config` and its help.
#[derive(Debug, Clone, Copy)]
pub struct SettingSpec {
    /// Its name.
    pub key: &'static str,
    /// What it may be.
    pub values: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// Every setting.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec { key: "new_per_day", values: "0 to 9999", about: "new cards a study day" },
    SettingSpec { key: "reviews_per_day", values: "off, or 0 to 99999", about: "due cards a study day" },
    SettingSpec { key: "rollover_hour", values: "0 to 23", about: "local hour at which a study day ends" },
    SettingSpec {
        key: "fuzz",
        values: "on or off",
        about: "spread intervals of 7 days and more by up to 5 % (off: exactly SM-2)",
    },
    SettingSpec { key: "leech_lapses", values: "1 to 99", about: "lapses from which a card is called a leech" },
    SettingSpec { key: "device", values: "a-z, 0-9 and '-'", about: "name of this device in the log" },
    SettingSpec {
        key: "rotation",
        values: "off, or a-z, 0-9 and '-'",
        about: "rotation that `scanwise add` notes on drafts",
    },
];

/// Why a setting was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// No such setting.
    #[error("there is no setting \"{key}\"")]
    Unknown {
        /// What was asked for.
        key: String,
    },
    /// Not a value it can have.
    #[error("{key}: \"{value}\" is not {want}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What was given.
        value: String,
        /// What it may be.
        want: &'static str,
    },
}

pub(super) fn note(conn: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    conn.prepare_cached("SELECT value FROM setting WHERE key = ?1")?.query_row([key], |r| r.get(0)).optional()
}

pub(super) fn set_note(conn: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2")?
        .execute(params![key, value])?;
    Ok(())
}

impl Store {
    pub(super) fn read_settings(&mut self) -> Result<Settings> {
        let mut settings = Settings::default();
        let rows = self.setting_rows().map_err(self.sql())?;
        for (key, value) in &rows {
            if key == "home.seed" {
                settings.seed = value.parse().unwrap_or(0);
            } else if !key.contains('.') && settings.set(key, value).is_err() {
                return Err(StoreError::Damaged {
                    path: self.path.clone(),
                    why: format!("setting {key} holds {value:?}"),
                });
            }
        }
        if settings.device.is_empty() {
            settings.seed = crate::clock::entropy();
            settings.device = format!("d{:06x}", crate::clock::entropy() & 0x00ff_ffff);
            let (device, seed) = (settings.device.clone(), settings.seed.to_string());
            let path = self.path.clone();
            let won = self.write(|tx| {
                let sql = |e| StoreError::from_sqlite(&path, e);
                let there = note(tx, "device").map_err(sql)?.is_some();
                if !there {
                    set_note(tx, "device", &device).map_err(sql)?;
                    set_note(tx, "home.seed", &seed).map_err(sql)?;
                }
                Ok(!there)
            })?;
            if !won {
                return self.read_settings();
            }
        }
        Ok(settings)
    }

    fn setting_rows(&self) -> rusqlite::Result<Vec<(String, String)>> {
        let mut stmt = self.conn.prepare_cached("SELECT key, value FROM setting")?;
        let rows = stmt.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        rows.collect()
    }

    /// Sets one setting. One that scheduling depends on replays the log in the same transaction.
    ///
    /// # Errors
    /// The inner error when the key or value is wrong; the outer when the home is.
    pub fn configure(&mut self, key: &str, value: &str) -> Result<std::result::Result<(), SettingError>> {
        let mut settings = self.settings.clone();
        if let Err(e) = settings.set(key, value) {
            return Ok(Err(e));
        }
        let refold = settings.fold_mark() != self.settings.fold_mark();
        let path = self.path.clone();
        let folding = settings.folding();
        let mark = settings.fold_mark();
        self.write(|tx| {
            set_note(tx, key, value).map_err(|e| StoreError::from_sqlite(&path, e))?;
            if refold {
                state::rebuild(tx, &path, &folding)?;
                set_note(tx, "home.folded", &mark).map_err(|e| StoreError::from_sqlite(&path, e))?;
            }
            Ok(())
        })?;
        self.settings = settings;
        Ok(Ok(()))
    }

    /// Makes the cache anew when it was made by another fold (an older release, other settings).
    pub(super) fn refold_if_needed(&mut self) -> Result<()> {
        let mark = self.settings.fold_mark();
        let current = note(&self.conn, "home.folded").map_err(self.sql())?;
        if current.as_deref() == Some(mark.as_str()) {
            return Ok(());
        }
        let (path, folding) = (self.path.clone(), self.folding());
        self.write(|tx| {
            state::rebuild(tx, &path, &folding)?;
            set_note(tx, "home.folded", &mark).map_err(|e| StoreError::from_sqlite(&path, e))
        })
    }
}
