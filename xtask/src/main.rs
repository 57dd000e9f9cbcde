//! Maintainer commands of hls4rs; `cargo xtask --help` lists them.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is what these commands are for")]

mod bench;
mod bless;
mod ci;
mod conformance;
mod corpus;
mod flows;
mod fmt;
mod fuzz;
mod goldens;
mod new;
mod process;
mod python;
mod reference;
mod spread;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Maintainer commands of hls4rs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check what the compiler does not: crate arrows, manifests, files, links, lists.
    Tidy,
    /// Run exactly what CI runs, up to the first failing step.
    Ci(ci::Arguments),
    /// Format every Rust file, also those that `cargo fmt` does not find.
    Fmt(fmt::Arguments),
    /// Run every stage over a folder of archives.
    Corpus(corpus::Arguments),
    /// Run every flow over a folder of stages, and compare with what hls4ml saved behind each.
    Flows(flows::Arguments),
    /// Make the golden files with hls4ml.
    Goldens(goldens::Arguments),
    /// Check that hls4ml loads and predicts what hls4rs wrote.
    Conformance(conformance::Arguments),
    /// Compare the time to open and save archives with hls4ml's.
    Bench(bench::Arguments),
    /// Compare the time to convert source models with hls4ml's.
    BenchConvert(bench::convert::Arguments),
    /// Compare large archives with hls4ml's: time, size, memory.
    BenchLarge(bench::large::Arguments),
    /// Compare predictions with those of projects that hls4ml compiles: time per sample, and until the first one.
    BenchPredict(bench::predict::Arguments),
    /// Run the fuzz targets and count what they find.
    Fuzz(fuzz::Arguments),
    /// Write the generated pages of docs/reference, or check them.
    Reference(reference::Arguments),
    /// Write the template of a new layer kind or subcommand and its line in the list.
    New(new::Arguments),
    /// Run all tests and accept what they found as the new expectation.
    Bless,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let workspace = Workspace::load()?;
    match arguments.command {
        Command::Tidy => tidy::run(&workspace),
        Command::Ci(arguments) => ci::run(&workspace, &arguments),
        Command::Fmt(arguments) => fmt::run(&workspace, &arguments),
        Command::Corpus(arguments) => corpus::run(&workspace, &arguments),
        Command::Flows(arguments) => flows::run(&workspace, &arguments),
        Command::Goldens(arguments) => goldens::run(&workspace, &arguments),
        Command::Conformance(arguments) => conformance::run(&workspace, &arguments),
        Command::Bench(arguments) => bench::run(&workspace, &arguments),
        Command::BenchConvert(arguments) => bench::convert::run(&workspace, &arguments),
        Command::BenchLarge(arguments) => bench::large::run(&workspace, &arguments),
        Command::BenchPredict(arguments) => bench::predict::run(&workspace, &arguments),
        Command::Fuzz(arguments) => fuzz::run(&workspace, &arguments),
        Command::Reference(arguments) => reference::run(&workspace, &arguments),
        Command::New(arguments) => new::run(&workspace, &arguments),
        Command::Bless => bless::run(&workspace),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
