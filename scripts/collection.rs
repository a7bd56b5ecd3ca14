//! Makes collections of any size for `scripts/figures`, and measures commands.
//!
//! `collection make HOME CARDS EVENTS` writes a deck of CARDS cards into a fresh home, and EVENTS answers into its log,
//! as if they had been reviewed on their due days up to 2026-03-01.
//! `collection answers HOME N` records N answers in one process and prints the CPU microseconds of one.
//! `collection measure RUNS COMMAND..` prints the CPU milliseconds of one run (mean of RUNS) and its peak memory.

#![allow(clippy::print_stdout, reason = "a tool for developers")]

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use scanwise::log::{Answer, Event, EventKind, IdSource, Picked};
use scanwise::model::{CardKey, Confidence, Day, Grade, Stamp};
use scanwise::schedule::{CardState, Params};
use scanwise::store::Store;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

type Fallible = Result<(), Box<dyn std::error::Error>>;

fn main() -> Fallible {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["make", home, cards, events] => make(Path::new(home), cards.parse()?, events.parse()?),
        ["answers", home, n] => answers(Path::new(home), n.parse()?),
        ["measure", runs, command @ ..] if !command.is_empty() => measure(runs.parse()?, command),
        _ => Err("usage: collection make HOME CARDS EVENTS | collection measure RUNS COMMAND..".into()),
    }
}

const LAST_DAY: i32 = 20_513; // 2026-03-01

fn make(home: &Path, cards: usize, events: usize) -> Fallible {
    std::fs::create_dir_all(home.join("decks"))?;
    let mut file = std::io::BufWriter::new(std::fs::File::create(home.join("decks/big.json"))?);
    writeln!(file, "{{\"format\":1,\"id\":\"big\",\"title\":\"Big\",\"cards\":[")?;
    for i in 0..cards {
        let comma = if i + 1 < cards { "," } else { "" };
        writeln!(
            file,
            "{{\"id\":\"card-{i:07}\",\"type\":\"basic\",\"domain\":\"field-{}\",\"tags\":[\"tag-{}\"],\
             \"front\":\"Question number {i}: which study comes first in this patient, and why?\",\
             \"back\":\"Answer number {i}\",\"why\":\"Because of reason {}.\"}}{comma}",
            i % 17,
            i % 101,
            i % 13
        )?;
    }
    writeln!(file, "]}}")?;
    file.flush()?;
    drop(file);
    let mut store = Store::open(home, Stamp { utc_ms: i64::from(LAST_DAY) * 86_400_000, offset_s: -18_000 })?;
    if events > 0 {
        let log = log(cards, events);
        store.union(&log)?;
    }
    Ok(())
}

/// Reviews every card on its due days until the events are used up or the last day is reached; then more cards start.
fn log(cards: usize, events: usize) -> Vec<Event> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let per_card = events.div_ceil(cards).clamp(1, 12);
    let mut planned: Vec<(Day, usize, u8)> = Vec::with_capacity(events);
    'all: for round in 0.. {
        for card in 0..cards {
            let key = CardKey::join("big", &format!("card-{card:07}"), None);
            let mut state = CardState::default();
            let mut day = Day(LAST_DAY - rng.random_range(1..700) - round);
            for _ in 0..per_card {
                if planned.len() >= events {
                    break 'all;
                }
                let q = match rng.random_range(0..100) {
                    0..8 => 0,
                    8..15 => 3,
                    15..60 => 4,
                    _ => 5,
                };
                planned.push((day, card, q));
                state = state.answer(&key, Grade::new(q).unwrap_or(scanwise_grade()), day, &Params::default()).0;
                day = state.due.unwrap_or(day);
                if day.0 > LAST_DAY {
                    break;
                }
            }
        }
    }
    planned.sort();
    let mut ids = IdSource::after(None);
    planned
        .into_iter()
        .map(|(day, card, q)| {
            let at = Stamp { utc_ms: i64::from(day.0) * 86_400_000 + 54_000_000, offset_s: -18_000 };
            let confidence = match q {
                3 => Confidence::Guess,
                4 => Confidence::Think,
                _ => Confidence::Sure,
            };
            let answer = Answer {
                picked: Picked::Recalled(q >= 3),
                confidence,
                miss: None,
                grade: Grade::new(q).unwrap_or(scanwise_grade()),
                ms: rng.random_range(4_000..60_000),
            };
            Event {
                id: ids.next(at, &mut rng),
                device: "bench".to_owned(),
                at,
                card: CardKey::join("big", &format!("card-{card:07}"), None),
                kind: EventKind::Answered(answer),
            }
        })
        .collect()
}

/// CPU time of recording one answer: the transaction with its sync's system time, measured over many.
fn answers(home: &Path, n: u32) -> Fallible {
    let cards = 500;
    make(home, cards, 0)?;
    let mut store = Store::open(home, Stamp { utc_ms: i64::from(LAST_DAY) * 86_400_000, offset_s: -18_000 })?;
    let mut rows = Vec::new();
    for card in 0..cards {
        let key = CardKey::join("big", &format!("card-{card:07}"), None);
        rows.extend(store.card_named(&key)?.map(|r| (r.id, r.key)));
    }
    let before = own_cpu()?;
    for i in 0..n {
        let (id, key) = &rows[i as usize % rows.len()];
        let at = Stamp { utc_ms: i64::from(LAST_DAY) * 86_400_000 + i64::from(i) * 9_000_000, offset_s: 0 };
        let answer = Answer {
            picked: Picked::Recalled(true),
            confidence: Confidence::Sure,
            miss: None,
            grade: Grade::new(5).unwrap_or(scanwise_grade()),
            ms: 9_000,
        };
        store.record(*id, key, &answer, at)?;
    }
    let (user, system) = own_cpu()?;
    println!(
        "{} us user and {} us system an answer (the sync is in the latter)",
        (user - before.0) / i64::from(n),
        (system - before.1) / i64::from(n)
    );
    Ok(())
}

/// CPU time of this process so far: user and system, in microseconds.
fn own_cpu() -> Result<(i64, i64), std::io::Error> {
    // SAFETY: zeroed is a valid rusage, and the pointer lives through the call.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        if libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) != 0 {
            return Err(std::io::Error::last_os_error());
        }
        usage
    };
    Ok((
        usage.ru_utime.tv_sec * 1_000_000 + usage.ru_utime.tv_usec,
        usage.ru_stime.tv_sec * 1_000_000 + usage.ru_stime.tv_usec,
    ))
}

fn scanwise_grade() -> Grade {
    Grade::new(0).unwrap_or_else(|| unreachable!("0 is a grade"))
}

fn measure(runs: u32, command: &[&str]) -> Fallible {
    let (mut cpu_us, mut peak_kib) = (0_i64, 0_i64);
    for _ in 0..runs {
        let child = Command::new(command[0]).args(&command[1..]).stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let mut status = 0;
        // SAFETY: zeroed is a valid rusage, and the pointers live through the call.
        let usage = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            if libc::wait4(child.id().cast_signed(), &raw mut status, 0, &raw mut usage) < 0 {
                return Err(std::io::Error::last_os_error().into());
            }
            usage
        };
        cpu_us += (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000
            + usage.ru_utime.tv_usec
            + usage.ru_stime.tv_usec;
        peak_kib = peak_kib.max(usage.ru_maxrss);
    }
    let mut line = String::new();
    #[allow(clippy::cast_precision_loss, reason = "milliseconds for people")]
    write!(line, "{:9.2} ms CPU {:7.1} MiB", cpu_us as f64 / 1000.0 / f64::from(runs), peak_kib as f64 / 1024.0)?;
    println!("{line}");
    Ok(())
}
