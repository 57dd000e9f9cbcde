//! Names that C++ takes.

/// A name without the characters that hls4ml replaces.
///
/// **Source:** `replace_char_inconsitency` of `hls4ml.converters.onnx_to_hls`, hls4ml 1.3.0.
#[must_use]
pub fn clean_name(name: &str) -> String {
    name.replace('.', "_")
}

/// A name that does not begin with a digit: its kind goes before it where it does.
///
/// **Source:** `sanitize_layer_name` of `hls4ml.converters.onnx_to_hls`, hls4ml 1.3.0.
#[must_use]
pub fn sanitized(name: &str, class_name: &str) -> String {
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("{}{name}", class_name.to_lowercase())
    } else {
        name.to_owned()
    }
}

/// A text in one line, its control characters written out.
pub(crate) fn one_line(text: &str) -> String {
    let shown = |character: char| -> String {
        if character.is_control() { character.escape_default().collect() } else { character.to_string() }
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_written_out() {
        assert_eq!(one_line("a\nb\u{1b}[1m \u{e9}"), "a\\nb\\u{1b}[1m \u{e9}");
    }
}
