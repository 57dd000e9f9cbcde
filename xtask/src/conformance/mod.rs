//! `cargo xtask conformance`: hls4ml loads what hls4rs wrote, and predicts what was recorded; numbers are those of C++, and
//! predictions for random models those of hls4ml.

mod candidates;
mod configurations;
mod exclusions;
mod fixed;
mod random;
mod select;
mod summary;
mod upstream;
mod verdicts;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};

use crate::process;
use crate::python::{self, Suite};
use crate::workspace::Workspace;
use candidates::Candidate;
use select::{Case, Mode};

/// Arguments of `cargo xtask conformance`.
#[derive(Args)]
#[command(after_help = python::HELP)]
pub(crate) struct Arguments {
    /// Also archives of this folder: those with one-bit types, some of Quartus io_parallel, and others spread evenly.
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Archives of the corpus to load.
    #[arg(long, default_value_t = 100)]
    cases: usize,
    /// How many of them to compile and predict with; of the goldens, if there is no corpus.
    #[arg(long, default_value_t = 45)]
    predict: usize,
    /// In place of the corpus' archives, hand hls4ml what hls4rs converts from the sources that are beside them.
    #[arg(long)]
    from_sources: bool,
    /// Write the archives as for hls4ml without QKeras, with quantizers beside the graph.
    #[arg(long)]
    without_qkeras: bool,
    /// Cases that run at the same time.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Random programs with numbers of C++ to compile, for each of `ap_`, and the `ac_` of Quartus and Catapult, or 0.
    #[arg(long, value_name = "N", default_value_t = 1)]
    programs: usize,
    /// Random models to make with hls4ml, whose predictions are compared with the emulator's.
    #[arg(long, value_name = "N", default_value_t = 0)]
    random: usize,
    /// Random raw ONNX models to make, whose conversions are compared with hls4ml's of the models that qonnx cleaned.
    #[arg(long, value_name = "N", default_value_t = 0)]
    random_onnx: usize,
    /// Random models of Keras 2, QKeras and HGQ to make, whose layers and predictions are compared with those that hls4ml gets.
    #[arg(long, value_name = "N", default_value_t = 0)]
    random_keras2: usize,
    /// Random models of Keras 3 and HGQ2 to make, likewise.
    #[arg(long, value_name = "N", default_value_t = 0)]
    random_keras3: usize,
    /// Where the random models go; those that are there are not made again [default: in the target folder].
    #[arg(long, value_name = "DIR")]
    random_folder: Option<PathBuf>,
    /// What the random programs and models are made from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Compare what `hls4rs config` writes for the sources of this folder with what hls4ml does.
    #[arg(long, value_name = "DIR")]
    configurations: Option<PathBuf>,
    /// Run hls4ml's own tests in this folder, `test/pytest` of its source distribution, and compare what they convert.
    #[arg(long, value_name = "DIR")]
    upstream: Option<PathBuf>,
    /// How many of a hundred of these tests to run.
    #[arg(long, value_name = "N", default_value_t = 100)]
    upstream_sampled: usize,
    /// How many of a hundred of their models to compile, and to predict with.
    #[arg(long, value_name = "N", default_value_t = 0)]
    upstream_compiled: usize,
    /// Only what is asked for beside the archives.
    #[arg(long)]
    only_numbers: bool,
    /// Write the verdicts to this file.
    #[arg(long, value_name = "OUT")]
    json: Option<PathBuf>,
}

/// Computes with numbers, repacks the archives with hls4rs and hands them to hls4ml, and predicts with random models; fails
/// unless each does what is expected.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let needs_keras = arguments.programs > 0 || !arguments.only_numbers;
    let python = if needs_keras { python::interpreter(workspace, Suite::Keras)? } else { PathBuf::new() };
    let numbers_agree =
        arguments.programs == 0 || fixed::check(workspace, &python, arguments.programs, arguments.seed)?;
    let archives = if arguments.only_numbers {
        ExitCode::SUCCESS
    } else {
        check_archives(workspace, arguments, &python)?
    };
    let kinds: [((&str, usize, Suite), Check); 4] = [
        (("random", arguments.random, Suite::Keras), random::check),
        (("random-onnx", arguments.random_onnx, Suite::Onnx), random::check_onnx),
        (("random-keras2", arguments.random_keras2, Suite::Keras), random::check_keras2),
        (("random-keras3", arguments.random_keras3, Suite::Keras3), random::check_keras3),
    ];
    let mut models_agree = true;
    for (kind, check) in kinds {
        models_agree &= check_random(workspace, arguments, kind, check)?;
    }
    let configurations_agree = match &arguments.configurations {
        Some(folder) => configurations::check(workspace, &std::path::absolute(folder)?)?,
        None => true,
    };
    let upstream_agrees = match &arguments.upstream {
        Some(tests) => upstream::check(workspace, &upstream_options(arguments, tests))?,
        None => true,
    };
    let agree = numbers_agree && models_agree && configurations_agree && upstream_agrees;
    Ok(if agree { archives } else { ExitCode::FAILURE })
}

fn upstream_options(arguments: &Arguments, tests: &Path) -> upstream::Options {
    let [sampled, compiled] = [arguments.upstream_sampled, arguments.upstream_compiled];
    upstream::Options { tests: tests.to_owned(), sampled, compiled }
}

/// A function that makes random models and compares.
type Check = fn(&Workspace, &Path, &random::Options) -> Result<bool>;

/// Makes so many models of a kind, in a folder of that name unless the user names one.
fn check_random(
    workspace: &Workspace,
    arguments: &Arguments,
    (name, count, suite): (&str, usize, Suite),
    check: Check,
) -> Result<bool> {
    if count == 0 {
        return Ok(true);
    }
    let python = python::interpreter(workspace, suite)?;
    let usual = || workspace.target.join(format!("conformance/{name}-{}", arguments.seed));
    let folder = std::path::absolute(arguments.random_folder.clone().unwrap_or_else(usual))?;
    check(workspace, &python, &random::Options { count, seed: arguments.seed, jobs: arguments.jobs, folder })
}

fn check_archives(workspace: &Workspace, arguments: &Arguments, python: &Path) -> Result<ExitCode> {
    let hls4rs = workspace.release_binary("hls4rs-cli", "hls4rs")?;
    let goldens = candidates::find(&workspace.root.join("tests/goldens"), python)?;
    let corpus =
        arguments.corpus.as_ref().map(|folder| candidates::find(&std::path::absolute(folder)?, python));
    let mut corpus = corpus.transpose()?.unwrap_or_default();
    if arguments.from_sources {
        corpus = corpus.into_iter().filter_map(Candidate::into_source).collect();
        ensure!(!corpus.is_empty(), "--from-sources: expected archives with sources beside them, found none");
    }
    let cases = select::select(&goldens, &corpus, arguments.cases, arguments.predict);

    let work = workspace.target.join("conformance");
    let archives = work.join("archives");
    fs::create_dir_all(&archives).with_context(|| archives.display().to_string())?;
    let repacked = cases
        .iter()
        .map(|case| write(&hls4rs, case, &archives, arguments.without_qkeras))
        .collect::<Result<Vec<_>>>()?;
    let list = work.join("cases.json");
    let described: Vec<Value> = cases.iter().zip(&repacked).map(|(case, fml)| describe(case, fml)).collect();
    fs::write(&list, serde_json::to_vec_pretty(&described)?).with_context(|| list.display().to_string())?;

    let verdicts = work.join("verdicts.json");
    check(workspace, python, &list, arguments.jobs, &verdicts)?;
    if let Some(out) = &arguments.json {
        fs::copy(&verdicts, out).with_context(|| out.display().to_string())?;
    }
    report(&cases, &verdicts)
}

/// Writes the archive again with hls4rs, or converts the source, with the usual options, or those for hls4ml without QKeras.
fn write(hls4rs: &Path, case: &Case, folder: &Path, without_qkeras: bool) -> Result<PathBuf> {
    let out = folder.join(format!("{}.fml", case.candidate.name));
    let mut command = Command::new(hls4rs);
    match &case.candidate.source {
        Some(source) => {
            let arguments = source.with_file_name("config.json");
            command.arg("convert").arg(source).arg("--config").arg(arguments).stderr(Stdio::null())
        }
        None => command.arg("repack").arg(&case.candidate.fml),
    };
    process::run(command.arg("-o").arg(&out).args(without_qkeras.then_some("--without-qkeras")))?;
    Ok(out)
}

/// The case as `conformance.py` wants it.
fn describe(case: &Case, fml: &Path) -> Value {
    let mode = match case.mode {
        Mode::Load => "load",
        Mode::Predict => "predict",
    };
    json!({"name": case.candidate.name, "fml": fml, "io": case.candidate.io, "mode": mode})
}

/// Runs `conformance.py`. Its exit status says that a case failed, which may be expected; the verdicts tell more.
fn check(workspace: &Workspace, python: &Path, list: &Path, jobs: usize, verdicts: &Path) -> Result<()> {
    let _ = fs::remove_file(verdicts);
    let mut command = Command::new(python);
    command.arg(workspace.root.join("tests/python/conformance.py"));
    command.arg("--work").arg(workspace.target.join("conformance/work"));
    command.args(["--jobs", &jobs.to_string(), "--json"]).arg(verdicts).arg(list);
    process::status(command.env("PYTHONDONTWRITEBYTECODE", "1"))?;
    Ok(())
}

fn report(cases: &[Case], verdicts: &Path) -> Result<ExitCode> {
    let verdicts = verdicts::read(verdicts, cases.len())?;
    print!("\n{}", verdicts::counts(cases, &verdicts));
    let unexpected = verdicts::unexpected(cases, &verdicts);
    for message in &unexpected {
        println!("unexpected: {message}");
    }
    Ok(if unexpected.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
