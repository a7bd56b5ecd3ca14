//! `scanwise schema`.

use super::context::Context;
use super::failure::Outcome;
use crate::deck::{Catalog, format};
use crate::ui::{Doc, Role};
use clap::Args;

/// What to print.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// List the study catalog instead: the ids an option can name
    #[arg(long)]
    pub studies: bool,
}

/// Runs the command. The schema is JSON with or without `--json`.
pub fn run(args: &SchemaArgs, context: &mut Context) -> Outcome {
    if !args.studies {
        return context.show_json(&format::schema());
    }
    let studies = Catalog::bundled().studies();
    if context.json {
        return context.show_json(&serde_json::json!(studies));
    }
    let mut doc = Doc::new(context.width());
    for study in studies {
        doc.mixed(&[(Role::Strong, &study.id)]);
        doc.hanging("  ", Role::Plain, Role::Plain, &format!("{}; {}", study.name, study.dose_line()));
    }
    context.show(&doc)
}
