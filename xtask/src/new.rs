//! `cargo xtask new`: the template of a new thing and its line in the list.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};

use crate::workspace::Workspace;

/// Arguments of `cargo xtask new`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// What to add.
    kind: Kind,
    /// Its name, as a type: `GlobalPooling2D`, `Inspect`.
    name: String,
}

/// A kind of thing that has a folder, a template and a list.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// A kind of layer, in `hls4rs-layers`.
    Layer,
    /// The computation of a kind of layer, in `hls4rs-emulator`.
    Kernel,
    /// A pass that all backends share, in `hls4rs-passes`; its place in a flow is up to you.
    Pass,
    /// A subcommand, in `hls4rs-cli`.
    Cmd,
}

impl Kind {
    fn folder(self) -> &'static str {
        match self {
            Self::Layer => "crates/hls4rs-layers/src/layers",
            Self::Kernel => "crates/hls4rs-emulator/src/kernels",
            Self::Pass => "crates/hls4rs-passes/src/passes",
            Self::Cmd => "crates/hls4rs-cli/src/cmd",
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::Layer => include_str!("../templates/layer.rs"),
            Self::Kernel => include_str!("../templates/kernel.rs"),
            Self::Pass => include_str!("../templates/pass.rs"),
            Self::Cmd => include_str!("../templates/cmd.rs"),
        }
    }

    /// The text of `mod.rs` with the new name in it.
    fn listed(self, list: &str, name: &str, module: &str) -> Result<String> {
        match self {
            Self::Layer => append(list, "kinds! {", &format!("    {module}: {name}, {name}Builder;"), "\n}"),
            Self::Kernel => {
                let list = declare(list, &format!("mod {module};"))?;
                append(&list, BUILDERS, &format!("    (\"{name}\", {module}::build),"), "\n];")
            }
            Self::Pass => {
                let list = declare(list, &format!("mod {module};"))?;
                let export = format!("pub(crate) use {module}::{name};");
                Ok(format!("{}\n{export}\n", list.trim_end()))
            }
            Self::Cmd => {
                let list = declare(list, &format!("mod {module};"))?;
                append(&list, "commands! {", &format!("    {name}({module}::{name}),"), "\n}")
            }
        }
    }
}

/// Where the list of kernels begins.
const BUILDERS: &str = "const BUILDERS: &[(&str, Build)] = &[";

/// Writes the file and the line, and says where.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let file = write(&workspace.root, arguments.kind, &arguments.name)?;
    println!("{}: written from the template; its line is in mod.rs beside it", file.display());
    Ok(ExitCode::SUCCESS)
}

fn write(root: &Path, kind: Kind, name: &str) -> Result<PathBuf> {
    let is_type = name.starts_with(|first: char| first.is_ascii_uppercase());
    ensure!(
        is_type && name.chars().all(|character| character.is_ascii_alphanumeric()),
        "`{name}`: expected the name of a type, such as `GlobalPooling2D`"
    );
    let module = snake_case(name);
    let folder = root.join(kind.folder());
    let file = folder.join(&module).with_extension("rs");
    ensure!(!file.exists(), "{}: exists", file.display());
    let list = folder.join("mod.rs");
    let old = fs::read_to_string(&list).with_context(|| list.display().to_string())?;
    let new = kind.listed(&old, name, &module).with_context(|| list.display().to_string())?;
    let text = kind.template().replace("@NAME@", name).replace("@KEBAB@", &module.replace('_', "-"));
    let text = text.replace("@SNAKE@", &module);
    fs::write(&file, text).with_context(|| file.display().to_string())?;
    fs::write(&list, new).with_context(|| list.display().to_string())?;
    Ok(file)
}

/// `LIFNeuron` becomes `lif_neuron`, `Conv2DBatchnorm` becomes `conv2d_batchnorm`.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let after_word = before.is_some_and(char::is_ascii_lowercase);
        let before_word = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && (after_word || (before.is_some() && before_word)) {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Adds a line at the end of the block from `start` to `end`.
fn append(list: &str, start: &str, line: &str, end: &str) -> Result<String> {
    let Some((head, block)) = list.split_once(&format!("\n{start}\n")) else {
        bail!("expected a line `{start}`");
    };
    let (body, tail) = block.split_once(end).context("the list has no end")?;
    Ok(format!("{head}\n{start}\n{body}\n{line}{end}{tail}"))
}

/// Adds a line to the module declarations, in their order.
fn declare(list: &str, line: &str) -> Result<String> {
    let lines: Vec<&str> = list.lines().collect();
    let name = |text: &str| text.trim_start_matches("pub(crate) ").strip_prefix("mod ").map(str::to_owned);
    let is_declaration = |text: &&str| text.ends_with(';') && name(text).is_some();
    let last = lines.iter().rposition(is_declaration).context("expected declarations of modules")?;
    let at =
        lines.iter().position(|text| is_declaration(text) && name(text) > name(line)).unwrap_or(last + 1);
    let (before, after) = lines.split_at(at);
    Ok([before, &[line], after].concat().join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy_of(kind: Kind) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let list = Path::new(kind.folder()).join("mod.rs");
        fs::create_dir_all(dir.path().join(kind.folder())).unwrap();
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(&list), dir.path().join(list))
            .unwrap();
        dir
    }

    /// The lines that were added to the list.
    fn added(kind: Kind, name: &str) -> (String, Vec<String>) {
        let dir = copy_of(kind);
        let list = dir.path().join(kind.folder()).join("mod.rs");
        let before = fs::read_to_string(&list).unwrap();
        let file = write(dir.path(), kind, name).unwrap();
        let after = fs::read_to_string(&list).unwrap();
        let old: Vec<&str> = before.lines().collect();
        assert!(old.iter().all(|line| after.lines().any(|kept| kept == *line)));
        assert!(write(dir.path(), kind, name).is_err(), "a file is never replaced");
        let new = after.lines().filter(|line| !old.contains(line)).map(str::to_owned).collect();
        (fs::read_to_string(file).unwrap(), new)
    }

    #[test]
    fn layer_is_written_and_listed() {
        let (text, lines) = added(Kind::Layer, "MaxOut");
        assert_eq!(lines, ["    max_out: MaxOut, MaxOutBuilder;"]);
        assert!(text.starts_with("//! ") && text.contains("MaxOut, MaxOutBuilder =") && !text.contains('@'));
    }

    #[test]
    fn kernel_is_written_and_listed() {
        let (text, lines) = added(Kind::Kernel, "MaxOut");
        assert_eq!(lines, ["mod max_out;", "    (\"MaxOut\", max_out::build),"]);
        assert!(text.starts_with("//! ") && text.contains("impl Kernel for MaxOut") && !text.contains('@'));
    }

    #[test]
    fn pass_is_written_and_listed() {
        let (text, lines) = added(Kind::Pass, "FuseEverything");
        assert_eq!(lines, ["mod fuse_everything;", "pub(crate) use fuse_everything::FuseEverything;"]);
        assert!(text.contains("name: \"fuse-everything\"") && !text.contains('@'));
    }

    #[test]
    fn command_is_written_and_listed() {
        let (text, lines) = added(Kind::Cmd, "GraphView");
        assert_eq!(lines, ["mod graph_view;", "    GraphView(graph_view::GraphView),"]);
        assert!(text.starts_with("//! `hls4rs graph-view`") && !text.contains('@'));
    }

    #[test]
    fn declarations_stay_in_order() {
        assert_eq!(
            declare("mod a;\nmod c;\n\nuse x;\n", "mod b;").unwrap(),
            "mod a;\nmod b;\nmod c;\n\nuse x;\n"
        );
        assert_eq!(
            declare("mod a;\nmod c;\n\nuse x;\n", "mod d;").unwrap(),
            "mod a;\nmod c;\nmod d;\n\nuse x;\n"
        );
        assert!(declare("use x;\n", "mod d;").is_err());
    }

    #[test]
    fn names_are_types() {
        for name in ["max_out", "", "Max Out", "../A"] {
            assert!(write(Path::new("nowhere"), Kind::Layer, name).is_err(), "{name}");
        }
    }

    #[test]
    fn snake_case_follows_the_house() {
        for (name, snake) in [
            ("Dense", "dense"),
            ("LSTM", "lstm"),
            ("LIFNeuron", "lif_neuron"),
            ("UnaryLUT", "unary_lut"),
            ("GlobalPooling2D", "global_pooling2d"),
            ("Conv2DBatchnorm", "conv2d_batchnorm"),
            ("DACombinational", "da_combinational"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
    }
}
