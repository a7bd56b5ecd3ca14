//! `scanwise completions` and `scanwise man`.

use super::args::Cli;
use super::context::Context;
use super::failure::Outcome;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// For which shell.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// Prints a completion script.
pub fn completions(args: &CompletionsArgs, context: &mut Context) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "scanwise", &mut text);
    context.write(&text)
}

/// Prints the manual page of the program and of every command.
pub fn man(context: &mut Context) -> Outcome {
    let command = Cli::command();
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    for sub in command.get_subcommands().filter(|c| c.get_name() != "help") {
        let page = clap_mangen::Man::new(sub.clone().display_name(format!("scanwise {}", sub.get_name())));
        let mut part = Vec::new();
        part.extend_from_slice(format!(".SH \"SCANWISE {}\"\n", sub.get_name().to_uppercase()).as_bytes());
        page.render_description_section(&mut part)?;
        page.render_options_section(&mut part)?;
        text.extend_from_slice(&part);
    }
    context.write(&text)
}
