//! The subcommands, a file each.

mod backends;
mod config;
mod convert;
mod demo;
mod diff;
mod doctor;
mod flow;
mod inspect;
mod kinds;
mod passes;
mod predict;
mod print;
mod profile;
mod repack;
mod retarget;
mod testbench;
mod verify;

use std::process::ExitCode;

use clap::Subcommand;

use crate::input::Reading;

/// Declares the subcommands: one line each.
macro_rules! commands {
    ($($variant:ident($arguments:ty)),* $(,)?) => {
        /// The subcommands.
        #[derive(Subcommand)]
        pub(crate) enum Command {
            $($variant($arguments),)*
        }

        impl Command {
            /// Runs the subcommand.
            pub(crate) fn run(self, reading: &Reading) -> anyhow::Result<ExitCode> {
                match self {
                    $(Self::$variant(arguments) => arguments.run(reading),)*
                }
            }
        }
    };
}

commands! {
    Inspect(inspect::Inspect),
    Verify(verify::Verify),
    Print(print::Print),
    Diff(diff::Diff),
    Predict(predict::Predict),
    Profile(profile::Profile),
    Repack(repack::Repack),
    Testbench(testbench::Testbench),
    Config(config::Config),
    Convert(convert::Convert),
    Doctor(doctor::Doctor),
    Flow(flow::Flow),
    Retarget(retarget::Retarget),
    Kinds(kinds::Kinds),
    Passes(passes::Passes),
    Backends(backends::Backends),
    Demo(demo::Demo),
}
