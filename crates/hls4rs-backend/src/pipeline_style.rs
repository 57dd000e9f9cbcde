//! Whether a project is one pipeline, or layers that work side by side.

use hls4rs_graph::{Diagnostic, GraphPass, ModelGraph, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::LayerId;
use hls4rs_types::Attribute;

use crate::lowering::target;
use crate::{IoType, Target, Vendor};

/// How a project is scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PipelineStyle {
    /// One pipeline.
    Pipeline {
        /// Initiation interval in clock cycles, if it is not left to the compiler.
        interval: Option<i64>,
    },
    /// Layers work side by side.
    Dataflow,
}

impl PipelineStyle {
    /// The name in hls4ml's configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pipeline { .. } => "pipeline",
            Self::Dataflow => "dataflow",
        }
    }

    /// The style that the configuration names, or else the one that goes with interface, kinds of layers and strategies.
    ///
    /// **Source:** `SetPipelineStyle` of `pipeline_style.py` of Vivado and Libero, hls4ml 1.3.0. Libero does not ask how
    /// convolutions are partitioned, and does not know `resource_unrolled`.
    ///
    /// # Errors
    /// If the interval is to be the largest reuse factor, and a layer has none.
    pub fn of(graph: &ModelGraph, target: Target) -> Result<Self, PassError> {
        let config = &graph.config;
        let interval = config.pipeline_interval;
        match config.pipeline_style.as_str() {
            "pipeline" => return Ok(Self::Pipeline { interval }),
            "dataflow" => return Ok(Self::Dataflow),
            _ => {}
        }
        let strategy = |name, kind| config.strategy(LayerId { name, kind }).to_lowercase();
        let is_libero = target.vendor == Vendor::Libero;
        if target.io_type == IoType::Stream
            || graph.nodes().any(|node| {
                node.is_any(&["Conv1D", "Conv2D"])
                    && (is_libero || node.get("n_partitions").and_then(Attribute::as_int) != Some(1))
            })
            || graph.nodes().any(|node| strategy(node.name, node.layer.kind()) == "resource")
        {
            return Ok(Self::Dataflow);
        }
        let is_unrolled =
            graph.nodes().any(|node| strategy(node.name, node.layer.kind()) == "resource_unrolled");
        let interval = if is_unrolled && !is_libero { Some(largest_reuse_factor(graph)?) } else { interval };
        Ok(Self::Pipeline { interval })
    }
}

fn largest_reuse_factor(graph: &ModelGraph) -> Result<i64, PassError> {
    let mut largest = i64::MIN;
    for node in graph.nodes() {
        let value = node.get("reuse_factor");
        let factor = value.and_then(Attribute::as_int);
        let factor = factor.or_else(|| value.and_then(Attribute::as_str)?.trim().parse().ok());
        let missing = || {
            let help = "apply the flow `init_layers` of the backend before";
            PassError::unsupported("a reuse factor in every layer", format!("none in `{}`", node.name), help)
        };
        largest = largest.max(factor.ok_or_else(missing)?);
    }
    Ok(largest)
}

/// Decides whether the project is one pipeline or layers that work side by side, where the configuration leaves it open.
///
/// **Source:** `SetPipelineStyle` of `pipeline_style.py` of Vivado and Libero, hls4ml 1.3.0. It counts as applied where it chose.
#[derive(Debug)]
pub struct SetPipelineStyle;

/// Decides how the project is scheduled.
pub static SET_PIPELINE_STYLE: SetPipelineStyle = SetPipelineStyle;

impl GraphPass for SetPipelineStyle {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "set-pipeline-style",
            upstream: "set_pipeline_style",
            summary: "decides whether the project is one pipeline or layers that work side by side",
            preserves: Preserves::Bits,
        }
    }

    fn run(&self, patch: &mut Patch<'_>) -> Result<bool, PassError> {
        let given = patch.config.pipeline_style.clone();
        if ["pipeline", "dataflow"].contains(&given.as_str()) {
            return Ok(false);
        }
        let style = PipelineStyle::of(patch, target(&patch.config)?)?;
        if given != "auto" {
            patch.warn(
                Diagnostic::warning(
                    "pipeline-style-unknown",
                    format!("`PipelineStyle`: expected `auto`, `pipeline` or `dataflow`, found `{given}`"),
                )
                .with_help(format!("`{}` is taken", style.name())),
            );
        }
        let config = patch.config_mut();
        style.name().clone_into(&mut config.pipeline_style);
        if let PipelineStyle::Pipeline { interval } = style {
            config.pipeline_interval = interval;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Activation;

    use super::*;
    use crate::passes::testing::graph;

    fn style(change: impl FnOnce(&mut ModelGraph)) -> Result<PipelineStyle, PassError> {
        let mut graph = graph("io_parallel", &[4], &["relu"]);
        graph.add(Activation::builder("relu").activation("relu")).unwrap();
        change(&mut graph);
        PipelineStyle::of(&graph, target(&graph.config)?)
    }

    #[test]
    fn the_style_follows_interface_and_strategies() {
        assert_eq!(style(|_| {}), Ok(PipelineStyle::Pipeline { interval: None }));
        assert_eq!(
            style(|graph| drop(graph.config.options.insert("IOType", "io_stream"))),
            Ok(PipelineStyle::Dataflow)
        );
        assert_eq!(
            style(|graph| graph.config.strategy.model = Some("resource".to_owned())),
            Ok(PipelineStyle::Dataflow)
        );
        assert_eq!(
            style(|graph| graph.config.pipeline_style = "dataflow".to_owned()),
            Ok(PipelineStyle::Dataflow)
        );
    }

    #[test]
    fn unrolled_layers_wait_for_the_largest_reuse_factor() {
        let unrolled = |graph: &mut ModelGraph| {
            graph.config.strategy.model = Some("resource_unrolled".to_owned());
            for (factor, (_, layer)) in (2..).zip(graph.layers_mut()) {
                layer.state_mut().attributes.insert("reuse_factor", Attribute::Int(factor));
            }
        };
        assert_eq!(style(unrolled), Ok(PipelineStyle::Pipeline { interval: Some(3) }));
        let without = |graph: &mut ModelGraph| {
            unrolled(graph);
            for (_, layer) in graph.layers_mut() {
                layer.state_mut().attributes.remove("reuse_factor");
            }
        };
        assert!(style(without).is_err());
    }

    #[test]
    fn an_unknown_style_is_told() {
        let mut graph = graph("io_parallel", &[4], &["x"]);
        graph.config.pipeline_style = "inline".to_owned();
        let mut diagnostics = Vec::new();
        let applied = SET_PIPELINE_STYLE.run(&mut Patch::new(&mut graph, &mut diagnostics));
        assert_eq!(applied, Ok(true));
        assert_eq!(graph.config.pipeline_style, "pipeline");
        assert_eq!(diagnostics.len(), 1);
    }
}
