//! Plans: everything about a prediction that does not depend on the data.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use hls4rs_backend::Specialized;
use hls4rs_fixed::Format;
use hls4rs_graph::{Origin, Origins};
use hls4rs_layers::Layer;
use hls4rs_types::{TensorVariable, VariableForm};

use crate::context::{Context, Tensor};
use crate::custom::CustomKernels;
use crate::error::{KernelError, PlanError, UnsupportedLayer};
use crate::fast::{self, Head, Sequence};
use crate::kernel::{FastKernel, Kernel};
use crate::kernels;
use crate::log::LedgerEntry;
use crate::loops::{self, Loop};
use crate::session::Session;

/// How a model is computed. Threads share it; each makes its own [`Session`].
#[derive(Debug)]
pub struct Plan {
    pub(crate) inputs: Vec<Port>,
    pub(crate) outputs: Vec<Port>,
    pub(crate) steps: Vec<Step>,
    /// Steps that are computed several times.
    pub(crate) loops: Vec<Loop>,
    /// Whether samples depend on those before them.
    pub(crate) is_stateful: bool,
    /// The same computation with layers fused, in which not every tensor is made; where there are loops, only what is kept
    /// counts.
    pub(crate) sequence: Arc<Sequence>,
    /// The same, keeping what all layers make, when it is needed first.
    traced: OnceLock<Arc<Sequence>>,
    pub(crate) buffers: Vec<(Format, usize)>,
    pub(crate) entries: Vec<LedgerEntry>,
    origins: Origins,
}

/// An input or output of the model, or of one of its layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Name of the output that carries it.
    pub name: String,
    /// Shape of one sample.
    pub shape: Vec<usize>,
    /// Type of the elements.
    pub format: Format,
    pub(crate) buffer: usize,
}

impl Port {
    /// Number of elements of one sample.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether a sample has no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One layer.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) layer: String,
    pub(crate) kind: String,
    pub(crate) reference: Box<dyn Kernel>,
    /// Its fast form, made when it is needed first.
    pub(crate) fast: OnceLock<Option<Box<dyn FastKernel>>>,
    /// What it computes, if chains of fast forms can begin with it.
    pub(crate) head: Option<Head>,
    pub(crate) inputs: Vec<usize>,
    pub(crate) outputs: Vec<Port>,
    /// The buffers of the outputs.
    pub(crate) made: Vec<usize>,
}

impl Plan {
    /// Makes a plan.
    ///
    /// # Errors
    /// If nothing can be run for the backend. If layers cannot be run: one error that lists all of them. If a layer reads what
    /// nobody makes.
    pub fn new(specialized: &Specialized<'_>) -> Result<Self, PlanError> {
        Self::with_kernels(specialized, &CustomKernels::new())
    }

    /// Makes a plan with kernels for layers that are not hls4ml's own.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn with_kernels(specialized: &Specialized<'_>, kernels: &CustomKernels) -> Result<Self, PlanError> {
        let vendor = specialized.target.vendor;
        if let Some(reason) = kernels::backend_reason(vendor) {
            return Err(PlanError::Backend { vendor, reason });
        }
        let mut planner = Planner { custom: Some(kernels), ..Planner::default() };
        for (name, layer) in specialized.graph.layers() {
            planner.add(specialized, name, layer)?;
        }
        planner.finish(specialized)
    }

    /// The model's inputs, in order.
    #[must_use]
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// The model's outputs, in order.
    #[must_use]
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// The layers in order, with what they make.
    pub fn layers(&self) -> impl Iterator<Item = (&str, &[Port])> {
        self.steps.iter().map(|step| (step.layer.as_str(), step.outputs.as_slice()))
    }

    /// The layer of the source model that a layer comes from, if it is known.
    #[must_use]
    pub fn origin(&self, layer: &str) -> Option<&Origin> {
        self.origins.of(layer)
    }

    /// The computation that keeps the model's outputs, and then what all layers make.
    pub(crate) fn traced(&self) -> &Arc<Sequence> {
        self.traced.get_or_init(|| {
            let made = self.layers().flat_map(|(_, ports)| ports);
            Arc::new(self.keeping(self.outputs.iter().chain(made).cloned().collect()))
        })
    }

    /// The computation that keeps these outputs.
    pub(crate) fn keeping(&self, kept: Vec<Port>) -> Sequence {
        Sequence::new(&self.steps, &self.buffers, kept)
    }

    /// Buffers to predict one sample at a time with.
    #[must_use]
    pub fn session(&self) -> Session<'_> {
        Session::new(self, 1)
    }

    /// Buffers to predict up to that many samples at a time with.
    #[must_use]
    pub fn session_of(&self, samples: usize) -> Session<'_> {
        Session::new(self, samples.max(1))
    }
}

/// A plan in the making.
#[derive(Default)]
struct Planner<'k> {
    custom: Option<&'k CustomKernels>,
    ports: HashMap<String, (Port, hls4rs_types::Precision)>,
    buffers: Vec<(Format, usize)>,
    steps: Vec<Step>,
    entries: Vec<LedgerEntry>,
    unsupported: Vec<UnsupportedLayer>,
}

impl Planner<'_> {
    fn add(&mut self, specialized: &Specialized<'_>, name: &str, layer: &dyn Layer) -> Result<(), PlanError> {
        let state = specialized.state(name).unwrap_or_else(|| layer.state());
        // hls4ml says that inputs read `input`, which nobody makes
        let is_input = layer.kind() == "Input";
        let read_names = if is_input { &[][..] } else { state.inputs.as_slice() };
        let read: Vec<(Port, hls4rs_types::Precision)> =
            read_names.iter().map(|input| self.port(name, input)).collect::<Result<_, _>>()?;
        let reject = |reason: String| UnsupportedLayer {
            layer: name.to_owned(),
            kind: layer.kind().to_owned(),
            reason,
        };

        let mut made = Vec::new();
        for output in &state.outputs {
            let port = state
                .variable(output)
                .ok_or_else(|| format!("`{output}`: expected a variable, found none"))
                .and_then(|variable| self.declare(specialized, output, variable, &read));
            match port {
                Ok(port) => made.push(port),
                Err(reason) => {
                    self.unsupported.push(reject(reason));
                    // what reads it must not be reported for it
                    made.push((
                        Port {
                            name: output.clone(),
                            shape: Vec::new(),
                            format: Format::int(1),
                            buffer: self.new_buffer(Format::int(1), 1),
                        },
                        hls4rs_types::Precision::int(1),
                    ));
                }
            }
        }
        for (port, precision) in &made {
            self.ports.insert(port.name.clone(), (port.clone(), *precision));
        }

        let is_alias = !made.is_empty()
            && made.iter().all(|(port, _)| read.iter().any(|(input, _)| input.buffer == port.buffer));
        if is_input || is_alias {
            return Ok(());
        }
        let tensor = |(port, precision): &(Port, hls4rs_types::Precision)| Tensor {
            precision: *precision,
            format: port.format,
            shape: port.shape.clone(),
        };
        let mut context = Context {
            name,
            layer,
            specialized,
            inputs: read.iter().map(tensor).collect(),
            outputs: made.iter().map(tensor).collect(),
            entries: &mut self.entries,
        };
        let custom = self.custom.and_then(|custom| custom.build(&mut context));
        match custom.unwrap_or_else(|| kernels::build(&mut context)) {
            Ok(reference) => self.steps.push(Step {
                layer: name.to_owned(),
                kind: layer.kind().to_owned(),
                fast: OnceLock::new(),
                head: None,
                reference,
                inputs: read.iter().map(|(port, _)| port.buffer).collect(),
                made: made.iter().map(|(port, _)| port.buffer).collect(),
                outputs: made.into_iter().map(|(port, _)| port).collect(),
            }),
            Err(error) => self.unsupported.push(reject(KernelError::to_string(&error))),
        }
        Ok(())
    }

    fn new_buffer(&mut self, format: Format, len: usize) -> usize {
        self.buffers.push((format, len));
        self.buffers.len() - 1
    }

    fn port(&self, place: &str, output: &str) -> Result<(Port, hls4rs_types::Precision), PlanError> {
        let found = self.ports.get(output).cloned();
        found.ok_or_else(|| PlanError::NoSuchOutput { place: place.to_owned(), output: output.to_owned() })
    }

    /// The port of a variable: its own memory, or that of the input it is another name for.
    fn declare(
        &mut self,
        specialized: &Specialized<'_>,
        output: &str,
        variable: &TensorVariable,
        read: &[(Port, hls4rs_types::Precision)],
    ) -> Result<(Port, hls4rs_types::Precision), String> {
        let shape = variable.dims().ok_or_else(|| {
            format!("`{output}`: expected dimensions that are not negative, found {:?}", variable.shape)
        })?;
        let len = shape.iter().try_fold(1usize, |len, &dimension| len.checked_mul(dimension));
        let used: usize = self.buffers.iter().map(|(_, len)| len).sum();
        let len = len.filter(|&len| len > 0 && used.saturating_add(len) <= MAX_ELEMENTS).ok_or_else(|| {
            format!(
                "`{output}`: expected at least one element, and at most {MAX_ELEMENTS} in all layers, found the shape {shape:?}"
            )
        })?;
        let alias = match (&variable.form, read) {
            (VariableForm::Inplace { .. }, [(input, precision)]) if input.len() == len => {
                Some((input.format, input.buffer, *precision))
            }
            _ => None,
        };
        let (format, buffer, precision) = match alias {
            Some(alias) => alias,
            None => {
                let precision = specialized.types.precision(&variable.ty);
                let format = specialized.types.format(&variable.ty).ok_or_else(|| {
                    format!("`{output}`: expected a fixed-point number or integer of at most 255 bits, found `{precision}`")
                })?;
                (format, self.new_buffer(format, len), variable.ty.precision)
            }
        };
        Ok((Port { name: output.to_owned(), shape, format, buffer }, precision))
    }

    fn finish(self, specialized: &Specialized<'_>) -> Result<Plan, PlanError> {
        if !self.unsupported.is_empty() {
            return Err(PlanError::Unsupported(self.unsupported));
        }
        let loops = loops::find(&self.steps).map_err(|layer| PlanError::Unsupported(vec![layer]))?;
        let is_stateful = self.steps.iter().any(|step| !step.reference.state().is_empty());
        let ports = |place: &str, names: &[String]| -> Result<Vec<Port>, PlanError> {
            names.iter().map(|name| self.port(place, name).map(|(port, _)| port)).collect()
        };
        let inputs = ports("inputs of the graph", specialized.graph.inputs())?;
        let outputs = ports("outputs of the graph", specialized.graph.outputs())?;
        let Self { mut steps, buffers, entries, .. } = self;
        fast::prepare(&mut steps, &buffers);
        let sequence = Arc::new(Sequence::new(&steps, &buffers, outputs.clone()));
        let (traced, origins) = (OnceLock::new(), Origins::new(specialized.graph));
        Ok(Plan { inputs, outputs, steps, loops, is_stateful, sequence, traced, buffers, entries, origins })
    }
}

/// Most elements of all tensors of one sample.
const MAX_ELEMENTS: usize = 1 << 28;
