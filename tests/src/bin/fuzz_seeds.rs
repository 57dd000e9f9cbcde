//! Writes the inputs with which fuzzing begins: `fuzz_seeds DIR TARGET` fills a folder; `cargo xtask fuzz` calls it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

use hls4rs_tests::fuzz::TARGETS;

#[allow(clippy::print_stderr, reason = "printing is what the program is for")]
fn main() -> io::Result<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    let (Some(folder), Some(name)) = (arguments.next().map(PathBuf::from), arguments.next()) else {
        eprintln!("expected a folder and a target");
        return Ok(ExitCode::FAILURE);
    };
    let Some(target) = TARGETS.iter().find(|target| *target.name == *name) else {
        eprintln!("expected a target, found `{}`", name.display());
        return Ok(ExitCode::FAILURE);
    };
    fs::create_dir_all(&folder)?;
    for (i, seed) in (target.seeds)().into_iter().enumerate() {
        fs::write(folder.join(format!("seed-{i:03}")), seed)?;
    }
    Ok(ExitCode::SUCCESS)
}
