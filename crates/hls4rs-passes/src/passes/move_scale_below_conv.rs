//! Moves scales of data, weights and bias behind a convolution.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::{Arithmetic, Strided, Tensor, TensorError};

use crate::qonnx::{constant, value};
use crate::scales::{
    Alpha, Moved, filled, if_shapes_allow, output_shape, repeated, stays, taken_along, without_repetitions,
};

/// Moves the scales of a convolution's inputs behind it.
///
/// ```text
/// x → scale (s₀, 0) ┐                        x ┐
/// weights → scale (s₁, 0) → conv → …   →       conv → scale (s₀ · s₁, 0) → …
///                                  weights ────┘
/// ```
///
/// Scales of data and weights may have no summand. With a bias, or with a scale of the bias, all scales must be one
/// number, and that of the bias the product of the others. Without, weights may have one number per filter.
///
/// **Source:** `hls4ml.model.optimizer.passes.move_scales.ScaleDownConv`, hls4ml 1.3.0. Where the weights alone have a
/// scale, the new layer takes the attributes of the layer that makes the data. A scale of the data that is not one
/// number moves if it broadcasts to the output, which it does where there are as many filters as channels. A scale of
/// the data cannot be combined with one number per filter.
#[derive(Debug)]
pub(crate) struct MoveScaleBelowConv;

impl NodePass for MoveScaleBelowConv {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "move-scale-below-conv",
            upstream: "scale_down_conv",
            summary: "moves scales of data, weights and bias behind a convolution",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let count = node.state().inputs.len();
        let looked_at = if count == 3 { 3 } else { 2 };
        let is_scale = |input| node.input_node(input).is_some_and(|node| node.is_a("ApplyAlpha"));
        Ok(node.is_a("Conv") && count > 1 && (0..looked_at).any(is_scale))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let scales = Scales::of(&node)?;
        let found = scales.combined()?;
        let inputs: Vec<Node<'_>> = (0..3).filter_map(|input| node.input_node(input)).collect();
        let at = |input: usize| inputs.get(input).map(|node| node.name.to_owned()).unwrap_or_default();
        let has = [scales.data.is_some(), scales.weights.is_some(), scales.bias.is_some()];
        // whose attributes and name the new layer takes
        let (like, named) = match has {
            [true, true, false] | [false, true, false] => (0, 1),
            [true, _, _] => (0, 0),
            [false, true, true] => (1, 1),
            [false, false, _] => (2, 2),
        };
        let removed = (0..3).filter(|input| has.get(*input) == Some(&true)).map(at).collect();
        let Some(alpha) = found else { return Ok(stays(patch, &at(named), name)) };
        let attributes = inputs.get(like).map(taken_along).unwrap_or_default();
        Moved { name: at(named), attributes, alpha, removed }.put(patch, name)
    }
}

/// The scales of a convolution's inputs, reduced to numbers where they are uniform.
struct Scales {
    data: Option<Alpha>,
    weights: Option<Alpha>,
    bias: Option<Alpha>,
    /// The constant bias, without its scale.
    constant: Option<Tensor>,
    /// Shape of the output.
    shape: Vec<usize>,
}

impl Scales {
    fn of(node: &Node<'_>) -> Result<Self, PassError> {
        let has_bias = node.state().inputs.len() == 3;
        for (input, what) in [(1, "weights"), (2, "bias")].into_iter().take(1 + usize::from(has_bias)) {
            let found = node.input_node(input);
            if !found.is_some_and(|found| found.is_any(&["Constant", "ApplyAlpha"])) {
                let found = found.map_or("nothing", |found| found.layer.kind());
                let help = format!("make the {what} constant, or quantize a constant");
                return Err(PassError::unsupported(format!("constant {what}"), format!("`{found}`"), help));
            }
        }
        let scale = |input: usize| match node.input_node(input) {
            Some(input) => Alpha::of(&input)?.map(Alpha::reduced).transpose().map_err(PassError::from),
            None => Ok(None),
        };
        let bias = if has_bias { scale(2)? } else { None };
        let constant = constant(node, 2).filter(|_| has_bias).map(|node| value(&node)).transpose()?;
        Ok(Self { data: scale(0)?, weights: scale(1)?, bias, constant, shape: output_shape(node) })
    }

    /// The scale behind the convolution, if there can be one.
    fn combined(&self) -> Result<Option<Alpha>, PassError> {
        for alpha in [&self.data, &self.weights].into_iter().flatten() {
            if !alpha.is_unbiased()? {
                return Ok(None);
            }
        }
        match (&self.data, &self.weights, &self.bias) {
            (None, None, Some(bias)) => self.of_bias(&Tensor::new(&[], vec![1f32])?, bias),
            (data, weights, Some(bias)) => match product(data, weights)? {
                Some(scale) => self.of_bias(&scale, bias),
                None => Ok(None),
            },
            (data, weights, None) => match &self.constant {
                Some(constant) if !constant.is_all(0.0)? => {
                    let scale = product(data, weights)?;
                    Ok(scale.map(|scale| self.beside_bias(&scale, constant)).transpose()?.flatten())
                }
                _ => self.without_bias(data.as_ref(), weights.as_ref()),
            },
        }
    }

    /// Scales with a scale of the bias, which must be their product.
    fn of_bias(&self, scale: &Tensor, bias: &Alpha) -> Result<Option<Alpha>, PassError> {
        let is_equal = bias.scale.rank() == 0 && bias.scale.iter_f64()?.eq(scale.iter_f64()?);
        if !is_equal {
            return Ok(None);
        }
        let scale = match (&self.data, &self.weights) {
            (None, None) => Some(filled(1.0, &self.shape)?),
            _ => repeated(scale, &self.shape)?,
        };
        Ok(scale.zip(repeated(&bias.bias, &self.shape)?).map(|(scale, bias)| Alpha { scale, bias }))
    }

    /// One number beside a bias without scale, whose share of the scaled sum is corrected.
    fn beside_bias(&self, scale: &Tensor, constant: &Tensor) -> Result<Option<Alpha>, PassError> {
        let share = scale.like(1.0)?.combine(Arithmetic::Subtract, scale)?;
        let bias = repeated(&constant.combine(Arithmetic::Multiply, &share)?, &self.shape)?;
        Ok(repeated(scale, &self.shape)?.zip(bias).map(|(scale, bias)| Alpha { scale, bias }))
    }

    fn without_bias(
        &self,
        data: Option<&Alpha>,
        weights: Option<&Alpha>,
    ) -> Result<Option<Alpha>, PassError> {
        let scale = match (data, weights) {
            (Some(data), None) => repeated(&without_repetitions(data.scale.clone())?, &self.shape)?,
            (None, Some(weights)) if weights.scale.rank() > 1 => {
                self.per_filter(without_repetitions(weights.scale.clone())?)?
            }
            (None, Some(weights)) => repeated(&weights.scale, &self.shape)?,
            (Some(data), Some(weights)) => self.of_both(&data.scale, &weights.scale)?,
            (None, None) => None,
        };
        Ok(scale
            .map(|scale| Ok::<_, TensorError>(Alpha { scale, bias: filled(0.0, &self.shape)? }))
            .transpose()?)
    }

    fn of_both(&self, data: &Tensor, weights: &Tensor) -> Result<Option<Tensor>, PassError> {
        if data.rank() == 0 && weights.rank() == 0 {
            return Ok(repeated(&data.combine(Arithmetic::Multiply, weights)?, &self.shape)?);
        }
        if data.rank() < 2 || weights.rank() < 2 {
            return Ok(None);
        }
        let (data, weights) = (without_repetitions(data.clone())?, without_repetitions(weights.clone())?);
        let columns = data.shape().last();
        let rows = weights.shape().iter().rev().nth(1);
        match (columns, rows) {
            (Some(1), Some(1)) => {
                let product = if_shapes_allow(data.combine(Arithmetic::Multiply, &weights))?;
                Ok(product.map(|product| self.per_filter(product)).transpose()?.flatten())
            }
            (Some(columns), Some(rows)) if columns == rows => {
                let found = format!("scales of the shapes {:?} and {:?}", data.shape(), weights.shape());
                let help = "use one scale for the data, or one for the weights";
                Err(PassError::unsupported("a scale that is one number", found, help))
            }
            _ => Ok(None),
        }
    }

    /// A scale along the axes of weights, filters first and channels last, along the axes of the output.
    fn per_filter(&self, scale: Tensor) -> Result<Option<Tensor>, TensorError> {
        let Some((1, axes)) = scale.shape().split_last() else { return Ok(None) };
        let order: &[usize] = if self.shape.len() == 2 { &[1, 0] } else { &[1, 2, 0] };
        let turned = Strided::of(&scale).reshaped(axes).and_then(|scale| scale.transposed(order));
        if_shapes_allow(turned.and_then(|scale| scale.broadcast(&self.shape)).and_then(Strided::finish))
    }
}

/// The product of the scales that there are, if they are numbers.
fn product(data: &Option<Alpha>, weights: &Option<Alpha>) -> Result<Option<Tensor>, TensorError> {
    let scales: Vec<&Tensor> = [data, weights].into_iter().flatten().map(|alpha| &alpha.scale).collect();
    if scales.iter().any(|scale| scale.rank() > 0) {
        return Ok(None);
    }
    match scales.as_slice() {
        [one] => Ok(Some((*one).clone())),
        [data, weights] => data.combine(Arithmetic::Multiply, weights).map(Some),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::{ApplyAlpha, Conv};

    use super::*;
    use crate::testing::{self, graph, layers, run, values, weight};

    fn filled(shape: &[usize], values: impl Fn(usize) -> f32) -> Tensor {
        Tensor::new(shape, (0..shape.iter().product()).map(values).collect()).unwrap()
    }

    /// A convolution with two filters of one pixel on an image with one channel.
    fn convolution(
        weights: impl Fn(usize) -> f32,
        data: Option<f32>,
        bias: Option<f32>,
    ) -> hls4rs_graph::ModelGraph {
        let mut graph = graph(&[3, 1], "conv");
        testing::constant(&mut graph, "w", filled(&[2, 1, 1], |i| i as f32));
        let scale = |name: &str, shape: &[usize], values: &dyn Fn(usize) -> f32, input: &str| {
            let alpha = ApplyAlpha::builder(name).scale(filled(shape, values)).bias(filled(shape, |_| 0.0));
            alpha.inputs([input]).build()
        };
        graph.add(scale("ws", &[2, 1, 1], &weights, "w")).unwrap();
        let mut inputs = vec!["x", "ws"];
        if let Some(data) = data {
            graph.add(scale("xs", &[3, 1], &|_| data, "x")).unwrap();
            inputs[0] = "xs";
        }
        if let Some(bias) = bias {
            testing::constant(&mut graph, "b", filled(&[2], |_| bias));
            inputs.push("b");
        }
        graph.add(Conv::builder("conv").n_dim(1).out_width(3).n_filt(2).inputs(inputs)).unwrap();
        graph
    }

    #[test]
    fn a_scale_per_filter_moves() {
        let mut graph = convolution(|i| i as f32 + 0.5, None, None);
        run(&mut graph, &MoveScaleBelowConv).unwrap().unwrap();
        assert_eq!(layers(&graph), "x(input) w() conv(x, w) ws(conv)");
        assert_eq!(values(&weight(&graph, "ws", "scale").data), [0.5, 1.5, 0.5, 1.5, 0.5, 1.5]);
        // the attributes are those of the layer that makes the data
        assert!(graph.node("ws").unwrap().get("input_shape").is_some());
    }

    #[test]
    fn beside_a_bias_one_number_moves() {
        let mut graph = convolution(|_| 0.5, Some(0.5), Some(4.0));
        run(&mut graph, &MoveScaleBelowConv).unwrap().unwrap();
        assert_eq!(layers(&graph), "x(input) w() b() conv(x, w, b) ws(conv)");
        assert_eq!(values(&weight(&graph, "ws", "scale").data), [0.25; 6]);
        assert_eq!(values(&weight(&graph, "ws", "bias").data), [3.0; 6]);
    }

    #[test]
    fn what_does_not_fit_stays() {
        for mut graph in
            [convolution(|i| i as f32, None, Some(1.0)), convolution(|i| i as f32, Some(0.5), None)]
        {
            let (outcome, found) = run(&mut graph, &MoveScaleBelowConv).unwrap().unwrap();
            assert_eq!((outcome, found[0].id), (Outcome::Kept, "scale-not-moved"));
        }
    }
}
