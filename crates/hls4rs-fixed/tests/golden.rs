//! Results of C++ that were recorded by `tests/python/fixed_conformance.py`.

mod recorded;

#[test]
fn recorded_results_come_out() {
    let text = include_str!("recorded/golden.jsonl");
    let mut n_results = 0;
    for line in text.lines() {
        let record = recorded::Record::parse(line).unwrap();
        let differences = record.differences();
        assert!(differences.is_empty(), "{}: {}", record.op(), differences.join("\n"));
        n_results += record.len();
    }
    assert!(n_results > 3000, "{n_results}");
}
