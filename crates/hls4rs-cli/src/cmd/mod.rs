//! The subcommands, a file each.

mod demo;
mod diff;
mod inspect;
mod kinds;
mod predict;
mod print;
mod profile;
mod repack;
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
    Kinds(kinds::Kinds),
    Demo(demo::Demo),
}
