//! A `lib.rs` is a contents page: short, without logic, and every name it exports is spelled out.

use super::tree::{File, Finding, Tree};

/// Lines a contents page may have.
const LIMIT: usize = 120;

/// The crate whose contents page may hold short functions, and how many lines each of them may have.
const FACADE: (&str, usize) = ("crates/hls4rs/src/lib.rs", 10);

/// Words that begin an item with logic, after its visibility.
const LOGIC: &[&str] = &["fn ", "const fn ", "async fn ", "impl ", "impl<"];

/// Lists contents pages that are more than that.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let pages = tree.ending("src/lib.rs");
    pages.flat_map(|file| [too_long(file), logic(file), globs(file)].into_iter().flatten()).collect()
}

fn too_long(file: &File) -> Vec<Finding> {
    let lines = file.text.lines().count();
    let message = || format!("a contents page has at most {LIMIT} lines, found {lines}");
    (lines > LIMIT).then(|| file.finding(LIMIT + 1, message())).into_iter().collect()
}

fn logic(file: &File) -> Vec<Finding> {
    let begins = |line: &str| LOGIC.iter().any(|word| without_visibility(line).starts_with(word));
    let found = file.product_lines().filter(|(_, line)| begins(line));
    let bad = found.filter(|(line, _)| !is_short_in_facade(file, *line));
    bad.map(|(line, _)| file.finding(line, "a contents page has no logic; expected it in a module")).collect()
}

fn globs(file: &File) -> Vec<Finding> {
    let is_glob = |line: &str| line.trim_start().starts_with("pub use ") && line.contains('*');
    let found = file.product_lines().filter(|(_, line)| is_glob(line));
    found.map(|(line, _)| file.finding(line, "expected the names that are exported, found `*`")).collect()
}

fn without_visibility(line: &str) -> &str {
    let line = line.trim_start();
    let Some(rest) = line.strip_prefix("pub") else { return line };
    let rest = if rest.starts_with('(') { rest.split_once(')').map_or(rest, |(_, rest)| rest) } else { rest };
    rest.trim_start()
}

/// Is it a free function of the facade that ends soon?
fn is_short_in_facade(file: &File, line: usize) -> bool {
    let (path, limit) = FACADE;
    let mut lines = file.text.lines().skip(line - 1);
    let starts = |text: &&str| without_visibility(text).starts_with("fn ") && !text.starts_with(' ');
    let Some(first) = lines.next().filter(starts) else { return false };
    file.path == path && (first.ends_with('}') || lines.take(limit - 1).any(|text| text == "}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&Tree::of(&[(path, text)])).into_iter().map(|finding| finding.line).collect()
    }

    const FUNCTION: &str = "//! fn in a doc\n\npub fn open() -> u8 {\n    1\n}\n";

    #[test]
    fn logic_is_found() {
        assert_eq!(lines("crates/a/src/lib.rs", FUNCTION), [3]);
        assert_eq!(
            lines("crates/a/src/lib.rs", "mod a;\nimpl<T> A<T> {}\npub(crate) const fn f() {}\n"),
            [2, 3]
        );
        assert!(
            lines("crates/a/src/lib.rs", "mod a;\n#[cfg(test)]\nmod tests {\n    fn f() {}\n}\n").is_empty()
        );
        assert!(lines("crates/a/src/main.rs", FUNCTION).is_empty());
    }

    #[test]
    fn the_facade_may_have_short_functions() {
        assert!(lines("crates/hls4rs/src/lib.rs", FUNCTION).is_empty());
        let long = FUNCTION.replace("    1\n", &"    1;\n".repeat(9));
        assert_eq!(lines("crates/hls4rs/src/lib.rs", &long), [3]);
        assert_eq!(lines("crates/hls4rs/src/lib.rs", "impl A {}\n"), [1]);
    }

    #[test]
    fn globs_and_length_are_found() {
        assert_eq!(lines("crates/a/src/lib.rs", "pub use a::{b, c};\npub use a::*;\n"), [2]);
        assert_eq!(lines("crates/a/src/lib.rs", &"mod a;\n".repeat(121)), [121]);
    }
}
