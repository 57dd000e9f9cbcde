//! `cargo xtask tidy`: the rules of the house that no compiler checks.

mod arrows;
mod changelog;
mod contents_pages;
mod file_sizes;
mod first_lines;
mod links;
mod lists;
mod machine_names;
mod manifests;
mod open_ends;
mod tree;
mod unsafe_code;
mod white_space;

use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;
use tree::{Finding, Tree};

/// A name and a function that lists what offends.
struct Rule {
    name: &'static str,
    check: fn(&Tree) -> Vec<Finding>,
}

/// The rules, in the order in which their findings are printed.
const RULES: &[Rule] = &[
    Rule { name: "arrows", check: arrows::check },
    Rule { name: "manifests", check: manifests::check },
    Rule { name: "first-lines", check: first_lines::check },
    Rule { name: "file-sizes", check: file_sizes::check },
    Rule { name: "contents-pages", check: contents_pages::check },
    Rule { name: "open-ends", check: open_ends::check },
    Rule { name: "unsafe-code", check: unsafe_code::check },
    Rule { name: "white-space", check: white_space::check },
    Rule { name: "machine-names", check: machine_names::check },
    Rule { name: "links", check: links::check },
    Rule { name: "lists", check: lists::check },
    Rule { name: "changelog", check: changelog::check },
];

/// Prints every finding of every rule; the exit code is 1 if there is one.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let tree = Tree::load(workspace)?;
    let mut findings = 0;
    for rule in RULES {
        for Finding { path, line, message } in (rule.check)(&tree) {
            println!("{path}:{line}: {}: {message}", rule.name);
            findings += 1;
        }
    }
    if let Some(note) = file_sizes::note(&tree) {
        println!("note: {note}");
    }
    println!("tidy: {findings} findings by {} rules in {} files", RULES.len(), tree.files.len());
    Ok(if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
