//! Replaces dense layers on several axes by convolutions.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::{Conv1D, Conv2D};
use hls4rs_types::{Attribute, Strided, TensorVariable};

use crate::qonnx::Replacement;

/// Replaces a dense layer on data of two or three axes by a convolution whose filters have one pixel.
///
/// ```text
/// x [10, 4] → dense        x [10, 4] → dense (Conv1D, one pixel)
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.multi_dense.ReplaceMultidimensionalDenseWithConv`, hls4ml 1.3.0. The weights
/// are those before quantization, and the quantizers do not go along.
#[derive(Debug)]
pub(crate) struct ReplaceDenseByConv;

impl NodePass for ReplaceDenseByConv {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "replace-dense-by-conv",
            upstream: "replace_multidimensional_dense_with_conv",
            summary: "replaces dense layers on several axes by convolutions",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("Dense") && node.input_variable(0).is_some_and(|input| input.shape.len() > 1))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let shape = node.input_variable(0).and_then(TensorVariable::dims).unwrap_or_default();
        let (spec, sizes) = match shape.as_slice() {
            [width, _] => (Conv1D::SPEC, along_one(*width)),
            [height, width, _] => (Conv2D::SPEC, along_two(*height, *width)),
            other => {
                let help = "merge axes with a reshape before the layer";
                return Err(PassError::unsupported("at most 3 axes", format!("the shape {other:?}"), help));
            }
        };
        let mut attributes = common(&node, &shape)?;
        attributes.extend(sizes.into_iter().map(|(name, size)| (name.to_owned(), size)));
        let (inputs, outputs) = (node.state().inputs.clone(), vec![name.to_owned()]);
        warn_of_quantizers(patch, name)?;
        let attributes = attributes.into_iter().collect();
        let new = Replacement { spec, name: name.to_owned(), inputs, outputs, attributes }.make(patch)?;
        patch.replace(name, new)?;
        Ok(Outcome::Restructured)
    }
}

fn common(node: &Node<'_>, shape: &[usize]) -> Result<Vec<(String, Attribute)>, PassError> {
    let attributes = &node.state().attributes;
    let get = |name: &str| attributes.get(name).cloned().unwrap_or_default();
    let weights = node.state().array("weight_data")?;
    let axes = vec![1; shape.len().saturating_sub(1)];
    let filters: Vec<usize> = axes.into_iter().chain(weights.shape().iter().copied()).collect();
    let mut common = vec![
        ("data_format".to_owned(), "channels_last".into()),
        ("n_chan".to_owned(), number(shape.last().copied().unwrap_or_default())),
        ("n_filt".to_owned(), get("n_out")),
        ("weight_data".to_owned(), Strided::of(weights).reshaped(&filters)?.finish()?.into()),
        ("bias_data".to_owned(), get("bias_data")),
    ];
    if let Some(factor) = node.get("parallelization_factor") {
        common.push(("parallelization_factor".to_owned(), factor.clone()));
    }
    Ok(common)
}

fn along_one(width: usize) -> Vec<(&'static str, Attribute)> {
    let one = || Attribute::Int(1);
    let mut sizes = vec![("in_width", number(width)), ("out_width", number(width))];
    sizes.extend([("filt_width", one()), ("stride_width", one())]);
    sizes.extend([("pad_left", number(0)), ("pad_right", number(0))]);
    sizes
}

fn along_two(height: usize, width: usize) -> Vec<(&'static str, Attribute)> {
    let mut sizes = vec![("in_height", number(height)), ("in_width", number(width))];
    sizes.extend([("out_height", number(height)), ("out_width", number(width))]);
    let ones = ["filt_height", "filt_width", "stride_height", "stride_width"];
    sizes.extend(ones.map(|name| (name, number(1))));
    sizes.extend(["pad_top", "pad_bottom", "pad_left", "pad_right"].map(|name| (name, number(0))));
    sizes
}

fn number(size: usize) -> Attribute {
    Attribute::Int(i64::try_from(size).unwrap_or(i64::MAX))
}

/// Warns of quantizers of the weights, which the convolution has not.
fn warn_of_quantizers(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    let is_there = |quantizer: &&str| node.get(quantizer).is_some();
    let lost: Vec<&str> = ["weight_quantizer", "bias_quantizer"].into_iter().filter(is_there).collect();
    if !lost.is_empty() {
        let message =
            format!("{name}: hls4ml leaves out `{}` of a dense layer on several axes", lost.join("` and `"));
        let help = "the values are rounded to the type of the weights alone; use a convolution with one pixel instead";
        patch.warn(Diagnostic::warning("quantizer-lost", message).with_help(help));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Dense;
    use hls4rs_types::{Tensor, quantizers::BinaryQuantizer};

    use super::*;
    use crate::testing::{graph, layers, rewrite, run, weight};

    #[test]
    fn filters_have_one_pixel() {
        for (shape, kind, filters) in
            [([4, 2].as_slice(), "Conv1D", [1, 2, 3].as_slice()), (&[4, 5, 2], "Conv2D", &[1, 1, 2, 3])]
        {
            let mut graph = graph(shape, "d");
            let quantizer = hls4rs_types::AnyQuantizer::new(BinaryQuantizer::PLUS_MINUS_ONE);
            let dense = Dense::builder("d").n_in(2).n_out(3).weight(Tensor::zeros(&[2, 3]).unwrap());
            graph.add(dense.with("weight_quantizer", quantizer)).unwrap();
            assert_eq!(rewrite(&mut graph, &ReplaceDenseByConv), ["quantizer-lost"]);
            assert_eq!((layers(&graph).as_str(), graph.layer("d").unwrap().kind()), ("x(input) d(x)", kind));
            assert_eq!(weight(&graph, "d", "weight").shape(), filters);
        }
    }

    #[test]
    fn one_axis_stays_and_four_are_too_many() {
        let dense = || Dense::builder("d").n_in(2).n_out(3).weight(Tensor::zeros(&[2, 3]).unwrap());
        let mut flat = graph(&[2], "d");
        flat.add(dense()).unwrap();
        assert_eq!(run(&mut flat, &ReplaceDenseByConv), Ok(None));
        let mut deep = graph(&[3, 3, 3, 2], "d");
        deep.add(dense()).unwrap();
        assert!(run(&mut deep, &ReplaceDenseByConv).is_err());
    }
}
