//! The `scanwise` program: everything is in the library.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Taking a large deck in makes millions of small texts; the system's allocator spends a tenth of the time on them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    scanwise::cli::main()
}
