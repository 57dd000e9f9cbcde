//! `cli.md`: the help texts of the command.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::markdown::head;

const INTRODUCTION: &str = "\
The help texts of the `hls4rs` command. Results go to standard output, failures to standard error. The exit status is 0 if \
the job is done, 1 if it failed or, for `verify` and `diff`, if there are errors or differences, and 2 for wrong usage. \
Where a file is read, `-` stands for standard input.
";

/// See [`super::PAGES`].
pub(super) fn page(root: &Path) -> Result<String> {
    let overview = help(root, &[])?;
    let mut text = head("The hls4rs command", INTRODUCTION);
    text.push_str(&listing("hls4rs", &overview));
    for command in commands(&overview) {
        text.push_str(&listing(&format!("hls4rs {command}"), &help(root, &[command])?));
    }
    Ok(text)
}

fn listing(title: &str, help: &str) -> String {
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    format!("\n## {title}\n\n```text\n{}\n```\n", lines.join("\n").trim())
}

/// Names of the subcommands, as the overview lists them.
fn commands(overview: &str) -> impl Iterator<Item = &str> {
    let lines = overview.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = lines.map_while(|line| line.strip_prefix("  ")?.split_whitespace().next());
    names.filter(|name| *name != "help")
}

/// Builds and runs the command as this program was built, with `--help`.
fn help(root: &Path, arguments: &[&str]) -> Result<String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root).args(["run", "--quiet", "--package", "hls4rs-cli"]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let output = cargo.arg("--").args(arguments).arg("--help").output().context("cargo")?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "hls4rs {}: {stderr}", arguments.join(" "));
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_from_the_overview() {
        let overview = "Usage: hls4rs <COMMAND>\n\nCommands:\n  inspect  Show\n  help     Print\n\nOptions:\n  -h, --help  Print help\n";
        assert_eq!(commands(overview).collect::<Vec<_>>(), ["inspect"]);
    }
}
