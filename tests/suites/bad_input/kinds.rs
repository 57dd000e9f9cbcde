//! Kinds of JSON values, and values of each.

use serde_json::{Value, json};

/// One value of each kind, to be put where it does not belong.
pub(super) fn one_of_each() -> [Value; 8] {
    [
        json!("oops"),
        json!(7),
        json!(1.5),
        json!(true),
        json!(null),
        json!([1.5]),
        json!({"a": 1.5}),
        json!([["deep"]]),
    ]
}

/// Whether two values are of one kind; integers and other numbers are two.
pub(super) fn same_kind(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.is_i64() == b.is_i64(),
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}
