//! Names that Keras and hls4ml make.

use std::collections::{BTreeMap, BTreeSet};

/// A class as its group of variables is named.
///
/// **Source:** `to_snake_case` of `keras.src.utils.naming`, Keras 3.15.
pub(crate) fn to_snake_case(name: &str) -> String {
    let name: Vec<char> = name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    let is_upper = |c: char| c.is_ascii_uppercase();
    let is_lower = |c: char| c.is_ascii_lowercase();
    let mut made: Vec<char> = Vec::with_capacity(2 * name.len());
    // a capital before small letters begins a word, unless a word has just begun
    let mut at = 0;
    while at < name.len() {
        if at + 2 < name.len() && is_upper(name[at + 1]) && is_lower(name[at + 2]) {
            made.extend([name[at], '_', name[at + 1]]);
            at += 2;
            while at < name.len() && is_lower(name[at]) {
                made.push(name[at]);
                at += 1;
            }
        } else {
            made.push(name[at]);
            at += 1;
        }
    }
    let mut snake = String::new();
    for (i, c) in made.iter().enumerate() {
        if i > 0 && is_lower(made[i - 1]) && is_upper(*c) {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// Gives names that differ.
///
/// **Source:** `UniqueName` of `hls4ml.converters.keras_v3_to_hls`, hls4ml 1.3.0. It means to reserve `input`, and reserves the
/// letters of the word instead; the second `dense` is `dense_0`.
pub(crate) struct UniqueNames {
    used: BTreeSet<String>,
    /// How many numbers of a name are surely used.
    numbers: BTreeMap<String, usize>,
}

impl UniqueNames {
    /// With nothing used but the letters of `input`.
    pub(crate) fn new() -> Self {
        Self { used: ["i", "n", "p", "u", "t"].map(str::to_owned).into(), numbers: BTreeMap::new() }
    }

    /// The name, with a number behind it if it is used.
    pub(crate) fn next(&mut self, name: &str) -> String {
        let mut unique = name.to_owned();
        let number = self.numbers.entry(name.to_owned()).or_default();
        while self.used.contains(&unique) {
            unique = format!("{name}_{number}");
            *number += 1;
        }
        self.used.insert(unique.clone());
        unique
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_named_as_keras_names_them() {
        for (class, group) in [
            ("Dense", "dense"),
            ("Conv2D", "conv2d"),
            ("DepthwiseConv1D", "depthwise_conv1d"),
            ("MaxPooling2D", "max_pooling2d"),
            ("ReLU", "re_lu"),
            ("LeakyReLU", "leaky_re_lu"),
            ("PReLU", "p_re_lu"),
            ("ELU", "elu"),
            ("GRU", "gru"),
            ("SimpleRNN", "simple_rnn"),
            ("QDense", "q_dense"),
            ("QEinsumDenseBatchnorm", "q_einsum_dense_batchnorm"),
            ("QUnaryFunctionLUT", "q_unary_function_lut"),
            ("GlobalAveragePooling1D", "global_average_pooling1d"),
        ] {
            assert_eq!(to_snake_case(class), group);
        }
    }

    #[test]
    fn names_are_numbered_from_zero() {
        let mut names = UniqueNames::new();
        assert_eq!(
            ["dense", "dense", "dense", "i"].map(|name| names.next(name)),
            ["dense", "dense_0", "dense_1", "i_0"]
        );
    }
}
