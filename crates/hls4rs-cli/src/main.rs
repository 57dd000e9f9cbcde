//! The `hls4rs` command.
//!
//! Exit status: 0 done, 1 failed or different, 2 wrong usage.

mod cmd;
mod input;
mod output;
mod trace;

use std::process::ExitCode;

use clap::Parser;

/// Work with models saved by hls4ml (.fml), without Python, TensorFlow or a C++ compiler.
#[derive(Parser)]
#[command(name = "hls4rs", version, arg_required_else_help = true)]
struct Arguments {
    #[command(flatten)]
    reading: input::Reading,
    #[command(subcommand)]
    command: cmd::Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.command.run(&arguments.reading) {
        Ok(code) => code,
        Err(error) => output::failure(&error),
    }
}
