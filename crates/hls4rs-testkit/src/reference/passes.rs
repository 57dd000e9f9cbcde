//! `passes.md`: the flows with their passes.

use std::path::Path;

use anyhow::Result;
use hls4rs::graph::{Flow, PassSpec, Preserves};

use super::markdown::{code, codes, head, table};

const INTRODUCTION: &str = "\
A flow is a list of passes, tried in this order until none applies. Names and order are hls4ml's, because an archive \
records which flows and passes were applied; `hls4rs flow FILE --print-after PASS` shows what a pass does to a model. A pass \
that keeps bits changes no output of a model whose precisions are set; one that keeps shapes may change numbers, as hls4ml's \
does. A [how-to](../howto/add-a-pass.md) says how passes are written.
";

/// See [`super::PAGES`].
pub(super) fn page(_: &Path) -> Result<String> {
    let mut text = head("Passes", INTRODUCTION);
    for flow in flows() {
        text.push_str(&format!("\n## {}\n\n", flow.name));
        let requires: Vec<&str> = flow.requires.iter().map(|required| required.name).collect();
        if !requires.is_empty() {
            text.push_str(&format!("After {}.\n\n", codes(&requires)));
        }
        let row = |spec: &PassSpec| {
            let keeps = match spec.preserves {
                Preserves::Bits => "bits",
                Preserves::Shapes => "shapes",
                Preserves::Nothing => "",
            };
            vec![code(spec.name), code(spec.upstream), keeps.to_owned(), spec.summary.to_owned()]
        };
        let rows: Vec<Vec<String>> = flow.steps.iter().map(|step| row(step.pass.spec())).collect();
        if rows.is_empty() {
            text.push_str("No passes of its own.\n");
        } else {
            text.push_str(&table(&["pass", "in hls4ml", "keeps", "summary"], rows));
        }
    }
    Ok(text)
}

/// The flows in order: those that all backends share, then each backend's, once.
fn flows() -> Vec<&'static Flow> {
    let mut flows: Vec<&Flow> = Vec::new();
    let backends = hls4rs::BACKENDS.iter().flat_map(|backend| backend.flows().iter().copied());
    for flow in hls4rs::passes::FLOWS.iter().copied().chain(backends) {
        if flows.iter().all(|known| known.name != flow.name) {
            flows.push(flow);
        }
    }
    flows
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_pass_says_the_same_in_every_flow() {
        let mut known = BTreeMap::new();
        for step in flows().iter().flat_map(|flow| flow.steps) {
            let spec = step.pass.spec();
            assert!(
                !spec.summary.is_empty() && !spec.summary.ends_with('.'),
                "{}: {}",
                spec.name,
                spec.summary
            );
            assert_eq!(known.entry(step.record()).or_insert(spec.summary), &spec.summary, "{}", spec.name);
        }
    }
}
