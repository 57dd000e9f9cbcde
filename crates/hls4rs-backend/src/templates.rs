//! The C++ that backends write for layers.

use hls4rs_graph::{GraphPass, ModelGraph, Node, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::Attribute;

use crate::IoType;

/// What a template writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateForm {
    /// The struct with the layer's constants.
    Config,
    /// The call of the layer's function.
    Function,
    /// The declaration of the layer's task.
    TaskSequence,
    /// The call of the layer's function on streams.
    StreamFunction,
}

/// Templates of one form.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    /// What they write.
    pub form: TemplateForm,
    /// The kinds of layers that each of them is for.
    pub kinds: &'static [&'static [&'static str]],
}

impl Template {
    /// The name of one of them in the record of flows.
    fn name(&self, kinds: &[&str]) -> String {
        let form = match self.form {
            TemplateForm::Config => "config",
            TemplateForm::Function => "function",
            TemplateForm::TaskSequence => "task_sequence",
            TemplateForm::StreamFunction => "stream_function",
        };
        format!("{}_{form}_template", kinds.join("_").to_lowercase())
    }
}

/// Notes down which templates are for layers of the graph. The text that they make is left to the project writer.
///
/// **Source:** `hls4ml.backends.template.Template`, hls4ml 1.3.0. The templates of layers with distributed arithmetic are others:
/// those of matrix products, and those of convolutions on arrays.
#[derive(Debug)]
pub struct WriteTemplates(pub &'static [Template]);

impl GraphPass for WriteTemplates {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "write-templates",
            upstream: "templates",
            summary: "notes down which templates of C++ are for layers of the graph",
            preserves: Preserves::Bits,
        }
    }

    fn run(&self, patch: &mut Patch<'_>) -> Result<bool, PassError> {
        Ok(!self.recorded(patch).is_empty())
    }

    fn recorded(&self, graph: &ModelGraph) -> Vec<String> {
        let named =
            self.0.iter().flat_map(|template| template.kinds.iter().map(move |kinds| (template, kinds)));
        let is_used = |kinds: &[&str]| {
            graph.nodes().any(|node| kinds.contains(&node.layer.kind()) && !is_distributed(node))
        };
        named.filter(|(_, kinds)| is_used(kinds)).map(|(template, kinds)| template.name(kinds)).collect()
    }
}

fn is_distributed(node: Node<'_>) -> bool {
    let strategy = node.get("strategy").and_then(Attribute::as_str);
    let is_parallel = node.graph.config.io_type().parse() == Ok(IoType::Parallel);
    strategy == Some("distributed_arithmetic")
        && (node.layer.kind() == "Dense" || is_parallel && node.is_any(&["Conv1D", "Conv2D"]))
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Activation;

    use crate::passes::testing::graph;

    use super::*;

    #[test]
    fn templates_are_named_by_their_kinds() {
        let config =
            Template { form: TemplateForm::Config, kinds: &[&["Activation", "UnaryLUT"], &["Dense"]] };
        let function = Template { form: TemplateForm::Function, kinds: &[&["Activation"]] };
        let templates: &[Template] = Box::leak(Box::new([config, function]));
        let mut graph = graph("io_parallel", &[4], &["relu"]);
        graph.add(Activation::builder("relu").activation("relu")).unwrap();
        assert_eq!(
            WriteTemplates(templates).recorded(&graph),
            ["activation_unarylut_config_template", "activation_function_template"]
        );
    }
}
