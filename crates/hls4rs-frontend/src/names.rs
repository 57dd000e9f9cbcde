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
