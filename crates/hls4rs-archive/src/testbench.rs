//! Testbench data: inputs for the simulation of the generated project, and the outputs that are expected.
//!
//! **Source:** `input_data_tb` and `output_data_tb` of hls4ml's converters, `write_test_bench` of its writers (rows of
//! all inputs side by side), and `hls4ml.utils.serialization`. hls4ml up to 1.3.0 looks for the data in the wrong place when it
//! saves, so that its archives do not hold what its loader expects.

use std::fs;
use std::path::{Path, PathBuf};

use hls4rs_graph::Diagnostic;

use crate::{ArchiveError, Model, SaveOptions, member, read_npy, save};

/// What testbench data is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Testbench {
    /// Inputs of the simulation.
    Input,
    /// Outputs that are expected of it.
    Output,
}

impl Testbench {
    /// Both, inputs first.
    pub const ALL: [Self; 2] = [Self::Input, Self::Output];

    /// The option of the configuration that names the data.
    #[must_use]
    pub fn option(self) -> &'static str {
        match self {
            Self::Input => "InputData",
            Self::Output => "OutputPredictions",
        }
    }

    /// What the names of the members begin with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        let [input, output] = member::TESTBENCH;
        match self {
            Self::Input => input,
            Self::Output => output,
        }
    }
}

impl Model {
    /// The members that hold testbench data.
    pub fn testbench(&self) -> impl Iterator<Item = (Testbench, &str, &[u8])> {
        let of = |side: Testbench| {
            let members = self.extra.iter().filter(move |(name, _)| name.starts_with(side.prefix()));
            members.map(move |(name, bytes)| (side, name.as_str(), bytes.as_slice()))
        };
        Testbench::ALL.into_iter().flat_map(of)
    }

    /// Packs testbench data of a file, `.npy` or `.dat`, in the place of what was there.
    ///
    /// The data has one row per sample: all inputs, or all outputs, flattened and side by side.
    ///
    /// # Errors
    /// If the file cannot be read, has another ending, or its rows are not those of the model.
    pub fn pack_testbench(&mut self, side: Testbench, path: impl AsRef<Path>) -> Result<(), ArchiveError> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|cause| ArchiveError::Io { path: path.to_owned(), cause })?;
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let fail = |message: String| ArchiveError::Testbench { place: path.display().to_string(), message };
        let rows = rows(ending, &bytes).map_err(fail)?;
        self.check_row(side, rows.1).map_err(fail)?;
        self.extra.retain(|name, _| !name.starts_with(side.prefix()));
        let member = format!("{}{ending}", side.prefix());
        self.graph.config.options.insert(side.option(), member.as_str());
        self.extra.insert(member, bytes);
        Ok(())
    }

    /// Writes the packed testbench data into a folder, under the names of the members. Existing files are replaced, at once.
    ///
    /// # Errors
    /// If a file cannot be written, or a member has a name that is not a plain file's.
    pub fn restore_testbench(&self, folder: impl AsRef<Path>) -> Result<Vec<PathBuf>, ArchiveError> {
        let mut written = Vec::new();
        for (side, name, bytes) in self.testbench() {
            // no path of an archive is ever used as a path but these four
            let ending =
                ["npy", "dat"].into_iter().find(|ending| name == format!("{}{ending}", side.prefix()));
            let Some(ending) = ending else {
                let message = "expected the ending `.npy` or `.dat`".to_owned();
                return Err(ArchiveError::Testbench { place: format!("member `{name}`"), message });
            };
            let path = folder.as_ref().join(format!("{}{ending}", side.prefix()));
            save::replace_file(&path, SaveOptions::default().durable, &mut |out| out.write_all(bytes))?;
            written.push(path);
        }
        Ok(written)
    }

    /// What is wrong with the testbench data; [`crate::DIAGNOSTICS`] lists the kinds.
    #[must_use]
    pub fn verify_testbench(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut counts = Vec::new();
        for (side, name, bytes) in self.testbench() {
            let ending = name.strip_prefix(side.prefix()).unwrap_or_default();
            let checked = rows(ending, bytes)
                .and_then(|(count, length)| self.check_row(side, length).map(|()| (name, count)));
            match checked {
                Ok(checked) => counts.push(checked),
                Err(message) => {
                    found.push(Diagnostic::error("testbench-data", format!("member `{name}`: {message}")));
                }
            }
        }
        if let [(first, inputs), (second, outputs)] = counts.as_slice()
            && inputs != outputs
        {
            let message = format!(
                "member `{second}`: expected {inputs} rows, as many as in `{first}`, found {outputs}"
            );
            found.push(Diagnostic::error("testbench-data", message));
        }
        for side in Testbench::ALL {
            let option = self.graph.config.options.get(side.option()).filter(|option| !option.is_null());
            let is_packed = self.extra.keys().any(|name| name.starts_with(side.prefix()));
            if let Some(option) = option.filter(|_| !is_packed) {
                let named = option.as_str().unwrap_or("something");
                let message = format!(
                    "member `{}`: `{}` names the testbench data `{named}`, which the archive does not hold",
                    member::CONFIG,
                    side.option()
                );
                found.push(Diagnostic::warning("testbench-missing", message).with_help(
                    "pack it with `hls4rs testbench`, or save the archive with hls4rs, which then forgets it",
                ));
            }
        }
        found
    }

    /// Whether a row has as many numbers as all inputs, or all outputs, have elements.
    fn check_row(&self, side: Testbench, found: usize) -> Result<(), String> {
        let (names, what) = match side {
            Testbench::Input => (self.graph.inputs(), "inputs"),
            Testbench::Output => (self.graph.outputs(), "outputs"),
        };
        let mut expected = 0i64;
        for name in names {
            let Some(variable) = self.graph.output_variable(name) else { return Ok(()) };
            expected += variable.shape.iter().product::<i64>();
        }
        if usize::try_from(expected) == Ok(found) {
            return Ok(());
        }
        Err(format!(
            "expected {expected} numbers per row, as the model's {what} have elements, found {found}"
        ))
    }
}

/// Number of rows, and of numbers in each.
fn rows(ending: &str, bytes: &[u8]) -> Result<(usize, usize), String> {
    match ending {
        "npy" => {
            let array = read_npy("data", bytes).map_err(|error| {
                let message = error.to_string();
                message.strip_prefix("array `data`: ").unwrap_or(&message).to_owned()
            })?;
            match array.shape() {
                [] => Err("expected rows, found a single number".to_owned()),
                [count, row @ ..] => Ok((*count, row.iter().product())),
            }
        }
        "dat" => {
            let text = str::from_utf8(bytes).map_err(|error| error.to_string())?;
            let (mut count, mut length) = (0, None);
            for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                let mut numbers = 0;
                for number in line.split_whitespace() {
                    let is_number = number.parse::<f64>().is_ok();
                    if !is_number {
                        return Err(format!("line {}: expected a number, found `{number}`", i + 1));
                    }
                    numbers += 1;
                }
                if *length.get_or_insert(numbers) != numbers {
                    let expected = length.unwrap_or_default();
                    return Err(format!("line {}: expected {expected} numbers, found {numbers}", i + 1));
                }
                count += 1;
            }
            Ok((count, length.ok_or("expected rows, found none")?))
        }
        _ => Err("expected the ending `.npy` or `.dat`".to_owned()),
    }
}
