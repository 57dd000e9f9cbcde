//! Generated C++ in words and signs.

use std::ops::Range;

/// A word, a number, or a sign of one or two characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A name.
    Word(&'a str),
    /// A number.
    Number(&'a str),
    /// Anything else.
    Sign(&'a str),
}

/// The tokens of a text, each with its place in it. Comments and lines for the preprocessor are left out.
pub(super) fn tokens(text: &str) -> Vec<(Token<'_>, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let len = length(rest);
        let piece = rest.get(..len).unwrap_or(rest);
        let token = match piece.chars().next() {
            Some(first) if is_of_word(first) && !first.is_ascii_digit() => Some(Token::Word(piece)),
            Some(first) if first.is_ascii_digit() => Some(Token::Number(piece)),
            Some(first) if first.is_whitespace() || first == '#' || piece.starts_with("//") => None,
            _ => Some(Token::Sign(piece)),
        };
        found.extend(token.map(|token| (token, at..at + len)));
        at += len;
    }
    found
}

/// Bytes of the first piece of a text.
fn length(text: &str) -> usize {
    let end = |is_in: &dyn Fn(char) -> bool| text.find(|next| !is_in(next)).unwrap_or(text.len());
    match text.chars().next() {
        Some('#') => end(&|next| next != '\n'),
        Some(first) if first.is_whitespace() => end(&char::is_whitespace),
        Some(first) if first.is_ascii_digit() => number(text),
        Some(first) if is_of_word(first) => end(&is_of_word),
        _ if text.starts_with("//") => end(&|next| next != '\n'),
        _ if ["==", "!="].iter().any(|sign| text.starts_with(sign)) => 2,
        Some(first) => first.len_utf8(),
        None => 0,
    }
}

/// Bytes of the number that a text begins with, as Python prints them.
fn number(text: &str) -> usize {
    let mut previous = '0';
    let mut is_in = |next: char| {
        let is_sign = matches!(next, '+' | '-') && previous == 'e';
        previous = next;
        is_sign || next.is_ascii_digit() || matches!(next, '.' | 'e')
    };
    text.find(|next| !is_in(next)).unwrap_or(text.len())
}

fn is_of_word(character: char) -> bool {
    character == '_' || character.is_ascii_alphanumeric()
}
