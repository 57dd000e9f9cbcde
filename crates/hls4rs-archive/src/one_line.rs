//! Messages stay in their line, whatever names a file brings, and cannot do anything to a terminal.

/// The text with escapes in the place of control characters.
pub(crate) fn one_line(text: impl std::fmt::Display) -> String {
    let text = text.to_string();
    if !text.contains(char::is_control) {
        return text;
    }
    let escaped = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_control_characters_are_escaped() {
        assert_eq!(one_line("a `b` \u{e9}"), "a `b` \u{e9}");
        assert_eq!(one_line("a\nb\x1b[0m\u{9b}"), "a\\nb\\u{1b}[0m\\u{9b}");
    }
}
