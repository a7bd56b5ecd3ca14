//! `scanwise config`.

use super::context::Context;
use super::failure::{Failure, Outcome};
use crate::deck::problem::did_you_mean;
use crate::store::{SETTINGS, SettingError};
use crate::ui::{Doc, Role};
use clap::Args;
use serde_json::{Map, Value, json};

/// Which setting.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// The setting; without it all are listed
    #[arg(value_name = "KEY")]
    pub key: Option<String>,
    /// Its new value
    #[arg(value_name = "VALUE")]
    pub value: Option<String>,
}

/// Runs the command.
pub fn run(args: &ConfigArgs, context: &mut Context) -> Outcome {
    let mut store = context.open()?;
    if let (Some(key), Some(value)) = (&args.key, &args.value) {
        store.configure(key, value)?.map_err(|e| refused(&e))?;
    }
    let chosen: Vec<_> = SETTINGS.iter().filter(|s| args.key.as_deref().is_none_or(|k| k == s.key)).collect();
    if let (Some(key), true) = (&args.key, chosen.is_empty()) {
        return Err(refused(&SettingError::Unknown { key: key.clone() }));
    }
    if context.json {
        let map: Map<String, Value> =
            chosen.iter().map(|s| (s.key.to_owned(), json!(store.settings().get(s.key)))).collect();
        return context.show_json(&Value::Object(map));
    }
    let mut doc = Doc::new(context.width());
    for s in chosen {
        let value = store.settings().get(s.key).unwrap_or_default();
        doc.mixed(&[(Role::Strong, s.key), (Role::Plain, " = "), (Role::Good, &value)]);
        if args.value.is_none() {
            doc.hanging("  ", Role::Plain, Role::Dim, &format!("{} ({})", s.about, s.values));
        }
    }
    context.show(&doc)
}

fn refused(e: &SettingError) -> Failure {
    let hint = match e {
        SettingError::Unknown { key } => did_you_mean(key, SETTINGS.iter().map(|s| s.key))
            .unwrap_or_else(|| "`scanwise config` lists them".to_owned()),
        SettingError::Value { key, want, .. } => format!("scanwise config {key} VALUE, where VALUE is {want}"),
    };
    Failure::fixable(e.to_string()).hint(hint)
}
