//! Any bytes as a table of cards: first what encoding they are in, then what table.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanwise::interchange::charset;
use scanwise::interchange::table::{self, TableOptions};
use scanwise_fuzz::{assert_incoming, quiet};

const NAMES: [&str; 4] = ["cards.csv", "cards.tsv", "cards.txt", "-"];
const MAPS: [&str; 4] = ["1=front,2=back", "Front=front,Extra=why", "1=text", "2=front,1=back,3=note,4=ignore"];

fuzz_target!(|input: (u8, &[u8])| {
    let (how, bytes) = input;
    let Ok(decoded) = charset::to_text(bytes) else { return };
    let options = TableOptions {
        maps: MAPS.get(usize::from(how >> 4)).map(|m| (*m).to_owned()).into_iter().collect(),
        tabs: [None, None, Some(true), Some(false)][usize::from(how & 3)],
    };
    let name = NAMES[usize::from(how >> 2 & 3)];
    let read = table::read(&decoded.text, name, &options, &mut quiet);
    if let Ok(incoming) = &read {
        assert_incoming(incoming);
    }
    let again = table::read(&decoded.text, name, &options, &mut quiet);
    assert_eq!(format!("{read:?}"), format!("{again:?}"), "the same file is the same cards");
});
