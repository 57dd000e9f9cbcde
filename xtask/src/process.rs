//! Running other programs, with errors that show the command.

use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result, ensure};

/// The command as one would type it, without the folder of the program.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Runs the command and returns how it ended.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    command.status().with_context(|| format!("`{}`: can not be started", shown(command)))
}

/// Runs the command; an exit status other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    ensure!(status.success(), "`{}`: {status}", shown(command));
    Ok(())
}

/// Runs the command and returns its standard output; an exit status other than 0 is an error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("`{}`: can not be started", shown(command)))?;
    ensure!(output.status.success(), "`{}`: {}", shown(command), output.status);
    String::from_utf8(output.stdout).with_context(|| format!("`{}`: output is not UTF-8", shown(command)))
}

/// The exit code that says the same as the exit status.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn failure_names_the_command() {
        let error = run(&mut shell("exit 3")).unwrap_err().to_string();
        assert!(error.starts_with("`sh -c exit 3`: ") && error.ends_with('3'), "{error}");
    }

    #[test]
    fn folder_of_the_program_is_not_shown() {
        assert_eq!(shown(Command::new("bin/cargo").args(["test", "--locked"])), "cargo test --locked");
    }

    #[test]
    fn exit_codes_are_passed_on() {
        let status = status(&mut shell("exit 3")).unwrap();
        assert_eq!(format!("{:?}", exit_code(status)), format!("{:?}", ExitCode::from(3)));
    }

    #[test]
    fn output_is_captured() {
        assert_eq!(output(&mut shell("echo answer")).unwrap(), "answer\n");
    }
}
