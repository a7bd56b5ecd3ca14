//! The `scanwise` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    scanwise::cli::main()
}
