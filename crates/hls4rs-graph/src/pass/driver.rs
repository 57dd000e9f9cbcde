//! The driver: runs flows and keeps the record of them.

use std::collections::VecDeque;

use indexmap::{IndexMap, IndexSet};

use super::{Flow, FlowError, NodePass, Outcome, Pass, PassError, Patch, Step};
use crate::{Diagnostic, ModelGraph, check_structure};

/// Rounds that a flow may take, for each layer and each pass.
const ROUNDS: usize = 10;

/// Rounds that the error tells of.
const TOLD: usize = 6;

/// How flows are run.
#[derive(Default)]
pub struct FlowOptions<'a> {
    /// Called after each rewrite with the pass's name in the record, the layer's name and the graph.
    #[expect(clippy::type_complexity, reason = "a callback is clearest as its type")]
    pub after_pass: Option<&'a mut dyn FnMut(&str, Option<&str>, &ModelGraph)>,
    /// Whether the graph is checked after each rewrite, so that an error names the pass which broke it. Debug builds
    /// always do; otherwise the graph is checked after each flow.
    pub verify: bool,
    /// Whether flows that were applied before are applied again.
    pub again: bool,
    /// The flow after which to stop, if not at the end.
    pub until: Option<&'a str>,
    /// Passes that come behind those of a flow, by the flow's name: for programs with passes of their own.
    ///
    /// **Source:** `Backend.register_pass` with `flow`, hls4ml 1.3.0.
    pub steps: &'a [(&'a str, Step)],
    /// Names of passes that are left out: to see what a pass does.
    pub without: &'a [&'a str],
}

/// What flows found worth telling.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FlowReport {
    /// Changes that a user should know of.
    pub diagnostics: Vec<Diagnostic>,
    /// The flows that ran, each with the passes that applied.
    pub applied: IndexMap<String, Vec<String>>,
}

impl ModelGraph {
    /// Applies a flow, after those that it requires and that were not applied yet, and continues the record.
    ///
    /// The passes are tried in order, each on all layers in order; once layers came or went it begins again with the
    /// first pass, until no pass changes anything.
    ///
    /// **Source:** `ModelGraph.apply_flow` and `optimize_model`, hls4ml 1.3.0. What is recorded are the passes that
    /// were for some layer, whether or not they changed anything.
    ///
    /// # Errors
    /// If a pass fails, breaks the graph, or does not settle. The graph is then as it was.
    pub fn apply_flow(
        &mut self,
        flow: &'static Flow,
        options: &mut FlowOptions<'_>,
    ) -> Result<FlowReport, FlowError> {
        let known = self.state.applied_flows.iter().flat_map(|group| group.keys().cloned());
        let mut group: IndexMap<String, Vec<String>> =
            if options.again { IndexMap::new() } else { known.map(|name| (name, Vec::new())).collect() };
        group.shift_remove(flow.name);
        let before = self.clone();
        self.state.applied_flows.push(group);
        let mut report = FlowReport::default();
        match self.apply_in_order(flow, options, &mut report) {
            Ok(_) => Ok(report),
            Err(error) => {
                *self = before;
                Err(error)
            }
        }
    }

    /// Runs the passes of a flow alone, without those that it requires, and records it in the last group.
    ///
    /// # Errors
    /// If a pass fails, breaks the graph, or does not settle. The graph is then as it was.
    pub fn apply_steps(
        &mut self,
        flow: &'static Flow,
        options: &mut FlowOptions<'_>,
    ) -> Result<FlowReport, FlowError> {
        let before = self.clone();
        let mut report = FlowReport::default();
        match self.run_and_record(flow, options, &mut report) {
            Ok(()) => Ok(report),
            Err(error) => {
                *self = before;
                Err(error)
            }
        }
    }

    /// Applies what a flow requires, then the flow. Returns whether it was the last one to be applied.
    fn apply_in_order(
        &mut self,
        flow: &'static Flow,
        options: &mut FlowOptions<'_>,
        report: &mut FlowReport,
    ) -> Result<bool, FlowError> {
        if !self.state.applied_flows.last().is_some_and(|group| group.contains_key(flow.name)) {
            for required in flow.requires {
                if self.apply_in_order(required, options, report)? {
                    return Ok(true);
                }
            }
            self.run_and_record(flow, options, report)?;
        }
        Ok(options.until == Some(flow.name))
    }

    fn run_and_record(
        &mut self,
        flow: &'static Flow,
        options: &mut FlowOptions<'_>,
        report: &mut FlowReport,
    ) -> Result<(), FlowError> {
        let added = options.steps.iter().filter(|(name, _)| *name == flow.name).map(|(_, step)| *step);
        let is_wanted = |step: &Step| !options.without.contains(&step.pass.spec().name);
        let steps = flow.steps.iter().copied().chain(added).filter(is_wanted).collect();
        let mut run = Run { flow, steps, options, report, applied: IndexSet::new(), last: VecDeque::new() };
        run.until_settled(self)?;
        let applied: Vec<String> = run.applied.into_iter().collect();
        report.applied.insert(flow.name.to_owned(), applied.clone());
        if self.state.applied_flows.is_empty() {
            self.state.applied_flows.push(IndexMap::new());
        }
        if let Some(group) = self.state.applied_flows.last_mut() {
            group.insert(flow.name.to_owned(), applied);
        }
        Ok(())
    }
}

/// One flow on its way.
struct Run<'r, 'o> {
    flow: &'static Flow,
    steps: Vec<Step>,
    options: &'r mut FlowOptions<'o>,
    report: &'r mut FlowReport,
    applied: IndexSet<String>,
    /// What changed the graph last.
    last: VecDeque<String>,
}

impl Run<'_, '_> {
    fn until_settled(&mut self, graph: &mut ModelGraph) -> Result<(), FlowError> {
        let mut rounds = 0;
        while self.round(graph)? == Outcome::Restructured {
            rounds += 1;
            if rounds > ROUNDS * (graph.len() + 1) * (self.steps.len() + 1) {
                let passes: IndexSet<String> = self.last.drain(..).collect();
                let passes = passes.into_iter().collect();
                return Err(FlowError::Unsettled { flow: self.flow.name.to_owned(), passes, rounds });
            }
        }
        if let Err(cause) = check_structure(graph) {
            let pass = self.last.back().cloned().unwrap_or_default();
            let flow = self.flow.name.to_owned();
            return Err(FlowError::Broken { flow, pass, layer: None, cause: Box::new(cause) });
        }
        Ok(())
    }

    /// Tries each pass until one restructures the graph.
    fn round(&mut self, graph: &mut ModelGraph) -> Result<Outcome, FlowError> {
        for step in &self.steps.clone() {
            let outcome = match step.pass {
                Pass::Node(pass) => self.node_pass(step, pass, graph)?,
                Pass::Graph(pass) => {
                    if !self.applied.contains(&step.record()) {
                        let mut patch = Patch::new(graph, &mut self.report.diagnostics);
                        let applied = pass.run(&mut patch).map_err(|cause| self.failed(step, None, cause))?;
                        if applied {
                            self.applied.extend(pass.recorded(graph).iter().map(|name| step.record_of(name)));
                        }
                        self.after(step, None, graph)?;
                    }
                    Outcome::Kept
                }
            };
            if outcome == Outcome::Restructured {
                return Ok(outcome);
            }
        }
        Ok(Outcome::Kept)
    }

    fn node_pass(
        &mut self,
        step: &Step,
        pass: &dyn NodePass,
        graph: &mut ModelGraph,
    ) -> Result<Outcome, FlowError> {
        let mut place = 0;
        while let Some((name, _)) = graph.layers.get_index(place) {
            place += 1;
            let name = name.clone();
            let Some(node) = graph.node(&name) else { continue };
            if !pass.matches(node).map_err(|cause| self.failed(step, Some(&name), cause))? {
                continue;
            }
            let mut patch = Patch::new(graph, &mut self.report.diagnostics);
            let outcome =
                pass.rewrite(&mut patch, &name).map_err(|cause| self.failed(step, Some(&name), cause))?;
            self.applied.insert(step.record());
            self.after(step, Some(&name), graph)?;
            if outcome == Outcome::Restructured {
                self.remember(step, &name);
                return Ok(outcome);
            }
        }
        Ok(Outcome::Kept)
    }

    /// Shows and checks what a pass left.
    fn after(&mut self, step: &Step, layer: Option<&str>, graph: &ModelGraph) -> Result<(), FlowError> {
        if let Some(after_pass) = &mut self.options.after_pass {
            after_pass(&step.record(), layer, graph);
        }
        if !self.options.verify && !cfg!(debug_assertions) {
            return Ok(());
        }
        check_structure(graph).map_err(|cause| FlowError::Broken {
            flow: self.flow.name.to_owned(),
            pass: step.record(),
            layer: layer.map(str::to_owned),
            cause: Box::new(cause),
        })
    }

    fn remember(&mut self, step: &Step, layer: &str) {
        if self.last.len() == TOLD {
            self.last.pop_front();
        }
        self.last.push_back(format!("`{}` at `{layer}`", step.record()));
    }

    fn failed(&self, step: &Step, layer: Option<&str>, cause: PassError) -> FlowError {
        FlowError::Pass {
            flow: self.flow.name.to_owned(),
            pass: step.record(),
            layer: layer.map(str::to_owned),
            cause: Box::new(cause),
        }
    }
}
