//! What the driver does with passes that work, that fail, and that never settle.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use hls4rs_layers::layers::{Activation, Input};

use super::{Flow, FlowError, FlowOptions, NodePass, Outcome, PassError, PassSpec, Patch, Preserves, Step};
use crate::{Config, ModelGraph, Node};

/// A pass for one kind of test: what it does with a linear activation.
struct Test(&'static PassSpec, fn(&mut Patch<'_>, &str) -> Result<Outcome, PassError>);

impl NodePass for Test {
    fn spec(&self) -> &'static PassSpec {
        self.0
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.text("activation") == Some("linear"))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        (self.1)(patch, name)
    }
}

const fn spec(name: &'static str) -> PassSpec {
    PassSpec { name, upstream: name, summary: "", preserves: Preserves::Nothing }
}

static REMOVE: Test = Test(&spec("remove"), |patch, name| {
    patch.remove(name)?;
    Ok(Outcome::Restructured)
});
static REFUSE: Test = Test(&spec("refuse"), |patch, name| {
    patch.set(name, "activation", "touched")?;
    Err(PassError::unsupported("another activation", "a linear one", "leave it out"))
});
static TURN: Test = Test(&spec("turn"), |_, _| Ok(Outcome::Restructured));
static BREAK: Test = Test(&spec("break"), |patch, name| {
    patch.state_mut(name)?.inputs = vec!["nobody".to_owned()];
    Ok(Outcome::Kept)
});

static FIRST: Flow = Flow { name: "first", summary: "", requires: &[], steps: &[Step::node(&REMOVE)] };
static SECOND: Flow = Flow { name: "second", summary: "", requires: &[&FIRST], steps: &[] };
static REFUSING: Flow = Flow { name: "refusing", summary: "", requires: &[], steps: &[Step::node(&REFUSE)] };
static TURNING: Flow =
    Flow { name: "turning", summary: "", requires: &[], steps: &[Step::node(&TURN).of("mine")] };
static BREAKING: Flow = Flow { name: "breaking", summary: "", requires: &[], steps: &[Step::node(&BREAK)] };

fn graph() -> ModelGraph {
    let mut graph = ModelGraph::new(Config::default());
    graph.set_io(["x"], ["relu"]);
    graph.add(Input::builder("x").input_shape([4])).unwrap();
    graph.add(Activation::builder("one").activation("linear")).unwrap();
    graph.add(Activation::builder("two").activation("linear")).unwrap();
    graph.add(Activation::builder("relu").activation("relu")).unwrap();
    graph
}

#[test]
fn flows_follow_their_requirements_and_are_recorded() {
    let mut graph = graph();
    let report = graph.apply_flow(&SECOND, &mut FlowOptions::default()).unwrap();
    assert_eq!(graph.layers().map(|(name, _)| name).collect::<Vec<_>>(), ["x", "relu"]);
    assert_eq!(report.applied.get("first"), Some(&vec!["remove".to_owned()]));
    assert_eq!(graph.applied_flows().len(), 1);
    assert_eq!(graph.applied_flows()[0].keys().collect::<Vec<_>>(), ["first", "second"]);
    let again = graph.apply_flow(&SECOND, &mut FlowOptions::default()).unwrap();
    assert_eq!(again.applied.keys().collect::<Vec<_>>(), ["second"]);
}

#[test]
fn flows_end_where_they_are_told_to() {
    let mut graph = graph();
    graph.apply_flow(&SECOND, &mut FlowOptions { until: Some("first"), ..FlowOptions::default() }).unwrap();
    assert_eq!(graph.applied_flows()[0].keys().collect::<Vec<_>>(), ["first"]);
}

#[test]
fn a_failed_flow_leaves_the_graph_as_it_was() {
    let mut graph = graph();
    let before = graph.clone();
    let error = graph.apply_flow(&REFUSING, &mut FlowOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "flow `refusing`, pass `refuse`, layer `one`: expected another activation, found a linear one"
    );
    assert_eq!(error.help(), Some("leave it out"));
    assert_eq!(graph, before);
}

#[test]
fn passes_that_do_not_settle_are_named() {
    let mut graph = graph();
    let before = graph.clone();
    let error = graph.apply_flow(&TURNING, &mut FlowOptions::default()).unwrap_err();
    let FlowError::Unsettled { passes, .. } = &error else { unreachable!("{error}") };
    assert_eq!(passes, &["`mine:turn` at `one`"]);
    assert_eq!(graph, before);
}

#[test]
fn a_pass_that_breaks_the_graph_is_named() {
    let mut graph = graph();
    let options = &mut FlowOptions { verify: true, ..FlowOptions::default() };
    let error = graph.apply_flow(&BREAKING, options).unwrap_err();
    assert!(
        matches!(&error, FlowError::Broken { pass, layer: Some(layer), .. } if pass == "break" && layer == "one")
    );
    assert!(error.to_string().contains("expected a sound graph behind it"), "{error}");
}

#[test]
fn each_rewrite_is_shown() {
    let mut seen = Vec::new();
    let mut show = |pass: &str, layer: Option<&str>, graph: &ModelGraph| {
        seen.push((pass.to_owned(), layer.map(str::to_owned), graph.len()));
    };
    graph()
        .apply_flow(&FIRST, &mut FlowOptions { after_pass: Some(&mut show), ..FlowOptions::default() })
        .unwrap();
    let one = ("remove".to_owned(), Some("one".to_owned()), 3);
    let two = ("remove".to_owned(), Some("two".to_owned()), 2);
    assert_eq!(seen, [one, two]);
}
