//! `scanwise stats`: what is coming, retention, weak fields.

use super::context::Context;
use super::failure::Outcome;
use crate::insight::{Rate, Report};
use crate::model::Day;
use crate::model::text::{count, thousands};
use crate::ui::{Doc, Role};
use clap::Args;
use serde_json::{Value, json};

/// Over which time.
#[derive(Debug, Args)]
pub struct StatsArgs {
    /// Look back N study days (default: all)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub days: Option<u32>,
    /// Look ahead N days
    #[arg(long, value_name = "N", default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    pub ahead: u32,
}

/// Runs the command.
pub fn run(args: &StatsArgs, context: &mut Context) -> Outcome {
    let store = context.open()?;
    let today = store.today(context.now());
    let since =
        args.days.map_or(Day(i32::MIN), |n| Day(today.0.saturating_sub(i32::try_from(n).unwrap_or(i32::MAX) - 1)));
    let (rows, days) = store.tally_since(since)?;
    let report = Report::of(rows.iter().map(|r| (r.domain.as_str(), r.fact, r.n, r.ms)), days);
    let forecast = store.forecast(today, args.ahead)?;
    let [new, young, mature, suspended] = store.maturity()?;
    if context.json {
        let rate = |r: &Rate| json!({ "right": r.right, "of": r.of, "percent": r.percent() });
        let domains: Vec<Value> = report
            .domains
            .iter()
            .map(|(d, s)| json!({ "domain": d, "known": rate(&s.known), "new": rate(&s.new) }))
            .collect();
        let calibration: Value = report
            .calibration
            .iter()
            .map(|(c, r)| (c.word().to_owned(), rate(r)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        return context.show_json(&json!({
            "today": today.to_string(),
            "cards": { "new": new, "young": young, "mature": mature, "suspended": suspended },
            "answers": report.answers, "days": report.days, "minutes": report.ms / 60_000,
            "retention": { "all": rate(&report.retention()), "young": rate(&report.young), "mature": rate(&report.mature) },
            "first_answers": rate(&report.first),
            "calibration": calibration,
            "domains": domains,
            "forecast": forecast.iter().map(|f| json!({ "day": f.day.to_string(), "due": f.cards })).collect::<Vec<_>>(),
        }));
    }
    let mut doc = Doc::new(context.width());
    doc.para(Role::Title, "Cards");
    doc.para(
        Role::Plain,
        &format!(
            "{} new, {} young, {} mature, {} suspended",
            thousands(new),
            thousands(young),
            thousands(mature),
            thousands(suspended)
        ),
    );
    doc.blank();
    doc.para(Role::Title, "Coming");
    if forecast.is_empty() {
        doc.para(Role::Dim, &format!("Nothing is due in the next {}.", count(u64::from(args.ahead), "day")));
    }
    let most = forecast.iter().map(|f| f.cards).max().unwrap_or(1).max(1);
    let room = doc.width().saturating_sub(24).min(40) as u64;
    for f in &forecast {
        let label = match f.day.since(today) {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            _ => f.day.date().format("%a %d %b").to_string(),
        };
        let bar = "#".repeat(usize::try_from((f.cards * room).div_ceil(most)).unwrap_or(0));
        doc.mixed(&[(Role::Plain, &format!("{label:<11}{:>7} ", thousands(f.cards))), (Role::Key, &bar)]);
    }
    doc.blank();
    doc.para(Role::Title, "Retention");
    if report.answers == 0 {
        doc.para(Role::Dim, "No answers yet. `scanwise review` starts.");
        return context.show(&doc);
    }
    let period =
        args.days.map_or("since the first answer".to_owned(), |n| format!("over {}", count(u64::from(n), "day")));
    doc.para(
        Role::Dim,
        &format!(
            "{} on {}, {} min, {period}",
            count(report.answers, "answer"),
            count(report.days, "day"),
            thousands(report.ms / 60_000)
        ),
    );
    for (name, rate) in [
        ("true retention", report.retention()),
        ("  young (<21 d)", report.young),
        ("  mature", report.mature),
        ("first answers", report.first),
    ] {
        doc.para(Role::Plain, &format!("{name:<16}{}", rate_text(&rate)));
    }
    doc.blank();
    doc.para(Role::Title, "How sure, how right");
    for (confidence, rate) in &report.calibration {
        doc.para(Role::Plain, &format!("{:<16}{}", confidence.word(), rate_text(rate)));
    }
    doc.blank();
    doc.para(Role::Title, "Fields, weakest first");
    for (domain, score) in &report.domains {
        let all = Rate { right: score.known.right + score.new.right, of: score.known.of + score.new.of };
        let name = if domain.is_empty() { "(removed cards)" } else { domain };
        doc.hanging(&format!("{:<12}", rate_text(&all)), Role::Strong, Role::Plain, &format!("  {name}"));
    }
    context.show(&doc)
}

fn rate_text(rate: &Rate) -> String {
    rate.percent().map_or("-".to_owned(), |p| format!("{p:>3} % of {}", thousands(rate.of)))
}
