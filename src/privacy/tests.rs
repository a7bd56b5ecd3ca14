use super::*;

fn kinds(text: &str) -> Vec<Kind> {
    scan(text).iter().map(|f| f.kind).collect()
}

#[test]
fn a_printed_finding_shows_nothing_of_the_text() {
    let text = "Saw Mr. Okonkwo on 3/14/2026, MRN 4482913.";
    let shown = format!("{:?}", scan(text));
    for secret in ["Okonkwo", "3/14", "4482913"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(kinds(text), [Kind::Name, Kind::Date, Kind::Record]);
}
