//! What serde_json does not take is masked before it reads: `NaN`, `Infinity`, `-Infinity`.

/// The first character of a text that stands for a bare word.
const MARK: char = '\u{10FFFD}';

const WORDS: [(&str, f64); 3] =
    [("NaN", f64::NAN), ("-Infinity", f64::NEG_INFINITY), ("Infinity", f64::INFINITY)];

/// The number that a masked text stands for.
pub(super) fn unmask(text: &str) -> Option<f64> {
    let word = text.strip_prefix(MARK)?;
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
}

/// Whether a text begins as those do that stand for bare words.
pub(super) fn looks_masked(text: &str) -> bool {
    text.starts_with(MARK)
}

/// Puts a marked text in the place of each bare word.
///
/// # Errors
/// Numbers that would lose digits, and texts that look masked already.
pub(super) fn mask(json: &str) -> Result<std::borrow::Cow<'_, str>, String> {
    let mut masked = String::new();
    let mut copied = 0;
    let mut rest = json;
    while let Some(at) =
        rest.find(|c: char| c == '"' || c == '-' || c == 'N' || c == 'I' || c.is_ascii_digit())
    {
        let here = json.len() - rest.len() + at;
        let token = &json[here..];
        let length = if token.starts_with('"') {
            text_length(token, json, here)?
        } else if let Some((word, _)) = WORDS.iter().find(|(word, _)| token.starts_with(word)) {
            masked.push_str(&json[copied..here]);
            masked.extend(['"', MARK]);
            masked.push_str(word);
            masked.push('"');
            copied = here + word.len();
            word.len()
        } else {
            number_length(token, json, here)?
        };
        rest = &json[here + length..];
    }
    if copied == 0 {
        return Ok(json.into());
    }
    masked.push_str(&json[copied..]);
    Ok(masked.into())
}

/// Length of a text with its quotes.
fn text_length(token: &str, json: &str, here: usize) -> Result<usize, String> {
    let is_escaped_mark = token.get(1..13).is_some_and(|start| start.eq_ignore_ascii_case("\\udbff\\udffd"));
    if token[1..].starts_with(MARK) || is_escaped_mark {
        return Err(format!("a text begins with the reserved character U+10FFFD at {}", place(json, here)));
    }
    let mut escaped = false;
    for (i, byte) in token.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Ok(i + 1),
            _ => {}
        }
    }
    Ok(token.len())
}

/// Length of a number; an integer must fit into 64 bits.
fn number_length(token: &str, json: &str, here: usize) -> Result<usize, String> {
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    let length = token.find(|c: char| !is_number(c)).unwrap_or(token.len()).max(1);
    let number = &token[..length];
    let is_integer = length > 18 && number.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
    if is_integer && number.parse::<i64>().is_err() {
        let message =
            format!("expected an integer of at most 64 bits, found `{number}` at {}", place(json, here));
        return Err(message);
    }
    Ok(length)
}

fn place(json: &str, offset: usize) -> String {
    let before = &json[..offset];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!("line {line} column {column}")
}
