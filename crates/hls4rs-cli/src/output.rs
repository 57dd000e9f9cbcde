//! Printing results to standard output and failures to standard error.

use std::io::{self, Write};
use std::process::ExitCode;

use comfy_table::{CellAlignment, ContentArrangement, Table};
use hls4rs::prelude::Diagnostic;
use hls4rs::{ArchiveError, ConvertError};
use serde::Serialize;

/// Prints a line, or several. Names in archives may hold anything: what could do something to a terminal is escaped.
pub(crate) fn line(text: impl std::fmt::Display) -> anyhow::Result<()> {
    let is_special = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let mut text = text.to_string();
    if text.contains(is_special) {
        let escaped = |c: char| if is_special(c) { c.escape_default().to_string() } else { c.to_string() };
        text = text.chars().map(escaped).collect();
    }
    writeln!(io::stdout().lock(), "{text}")?;
    Ok(())
}

/// Prints a value as JSON, with control characters escaped as JSON has it.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    let escaped = |c: char| {
        if c >= '\u{7f}' && c.is_control() { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }
    };
    line(text.chars().map(escaped).collect::<String>())
}

/// A table without frame: first row the titles, columns that hold numbers to the right.
pub(crate) fn table(titles: &[&str], right: &[usize], rows: Vec<Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(titles.to_vec());
    table.add_rows(rows);
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Reports what a user should know, though the command goes on.
pub(crate) fn warning(text: impl std::fmt::Display) {
    // nothing is left to do if standard error is gone
    let _ = writeln!(io::stderr().lock(), "warning: {text}");
}

/// Reports a finding and what to do about it, though the command goes on.
pub(crate) fn diagnostic(found: &Diagnostic) {
    let mut stderr = io::stderr().lock();
    // nothing is left to do if standard error is gone
    let _ = writeln!(stderr, "{}: {} ({})", found.severity, found.message, found.id);
    if let Some(help) = &found.help {
        let _ = writeln!(stderr, "help: {help}");
    }
}

/// What to do about an error, if it knows.
fn help<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a str> {
    if let Some(error) = cause.downcast_ref::<ArchiveError>() {
        return error.help();
    }
    cause.downcast_ref::<ConvertError>().and_then(ConvertError::help)
}

/// Reports why a command failed. A reader that closed its end is no failure of ours.
pub(crate) fn failure(error: &anyhow::Error) -> ExitCode {
    let closed = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    if error.downcast_ref::<io::Error>().is_some_and(closed) {
        return ExitCode::SUCCESS;
    }
    let mut stderr = io::stderr().lock();
    let help = error.chain().find_map(help);
    let reported = writeln!(stderr, "error: {error:#}");
    if let (Ok(()), Some(help)) = (reported, help) {
        // nothing is left to do if standard error is gone
        let _ = writeln!(stderr, "help: {help}");
    }
    ExitCode::FAILURE
}
