//! Graph layers with learned distances.

#![expect(non_snake_case, reason = "hls4ml's attributes have the names of the source layer's parts")]

use hls4rs_types::{
    AnyQuantizer, Attribute, DType, FixedPrecision, Precision, RoundingMode, SaturationMode, Strided, Tensor,
};

use crate::{Initializer, LayerError, LayerState, Shape, WeightOptions, layer};

layer! {
    /// A graph layer that collects features of the vertices at aggregators, weighted by learned distances.
    ///
    /// **Shapes:** `[n_vertices, n_in_features], [1] → [n_vertices, n_out_features]`, `[n_out_features]` if collapsed;
    /// the second input is the number of vertices that are in use.
    ///
    /// **Formula:** with the distances `d[v, a] = x[v] · S_kernel + S_bias` and weights `w[v, a] = exp(−d[v, a]²)`,
    /// the features `x[v] · FLR_kernel + FLR_bias` are summed at each aggregator, spread back with the same weights, and
    /// multiplied by `Fout_kernel`, to which `Fout_bias` is added. As both transforms are linear, hls4ml multiplies the
    /// kernels in advance: `input_transform_weights`.
    ///
    /// **Source:** `hls4ml.model.layers.GarNet`, hls4ml 1.3.0.
    ///
    /// **Limits:** the product of the kernels is summed in double precision and rounded once. hls4ml leaves it to the linear algebra
    /// of the machine, whose sums of single precision depend on the processor in the last bit.
    GarNet, GarNetBuilder = "hls4ml.model.layers.GarNet";
    aliases: ["GarNet"];
    inputs: 2, 2;
    attributes: {
        input_format: String = Optional, "`xn`: features, then number of vertices";
        n_vertices: Int = Optional, "most vertices";
        collapse: String = Optional, "`mean`, `sum` or `max` over the vertices";
        mean_by_nvert: Bool = Optional, "whether means are over the vertices in use, not over all";
        quantizer: Quantizer = Optional, "quantizer of the kernels";
        n_aggregators: Int = Optional, "number of aggregators";
        n_out_features: Int = Optional, "features of each vertex in the output";
        n_propagate: Int = Optional, "features that are collected";
        n_in_features: Int = Optional, "features of each vertex in the input";
        FLR_kernel_data: Array = Optional, "kernel of the collected features";
        FLR_bias_data: Array = Optional, "bias of the collected features";
        S_kernel_data: Array = Optional, "kernel of the distances";
        S_bias_data: Array = Optional, "bias of the distances";
        Fout_kernel_data: Array = Optional, "kernel of the output";
        Fout_bias_data: Array = Optional, "bias of the output";
        input_transform_weights: Weight = Optional, "product of the kernels of collected features and output";
        input_transform_weights_t: Type = Optional, configurable, "type of that product";
        input_transform_biases: Weight = Optional, "bias of the collected features times the kernel of the output";
        input_transform_biases_t: Type = Optional, configurable, "type of that bias";
        output_transform_weights: Weight = Optional, "a single one, without effect";
        output_transform_weights_t: Type = Optional, configurable, "type of that one";
        aggregator_distance_weights: Weight = Optional, "kernel of the distances, transposed";
        aggregator_distance_weights_t: Type = Optional, configurable, "type of the kernel of the distances";
        aggregator_distance_biases: Weight = Optional, "bias of the distances";
        aggregator_distance_biases_t: Type = Optional, configurable, "type of the bias of the distances";
        output_transform_biases: Weight = Optional, "bias of the output";
        output_transform_biases_t: Type = Optional, configurable, "type of the bias of the output";
    }
    weights: {
        input_transform_weights = "input_transform_w{index}";
        input_transform_biases = "input_transform_b{index}";
        output_transform_weights = "output_transform_w{index}";
        aggregator_distance_weights = "aggregator_distance_w{index}";
        aggregator_distance_biases = "aggregator_distance_b{index}";
        output_transform_biases = "output_transform_b{index}";
    }
    infer: infer;
    initialize: initialize;
}

fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    collapsed(state, state.size("n_out_features")?)
}

/// One output with so many features, for each vertex or for all together.
pub(super) fn collapsed(state: &LayerState, features: usize) -> Result<Vec<Shape>, LayerError> {
    if state.get("collapse").is_some() {
        return Ok(vec![vec![features]]);
    }
    Ok(vec![vec![state.size("n_vertices")?, features]])
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    check_reuse(init)?;
    let [propagated, aggregators, features] =
        ["n_propagate", "n_aggregators", "n_out_features"].map(|name| init.state.size(name));
    add_transform(init, "", [propagated?, aggregators?, features?])?;
    let one = Tensor::vector(vec![1f64]);
    init.add_weight_named(
        "output_transform_weights",
        WeightOptions { data: Some(one), ..WeightOptions::default() },
    )?;
    add_distances(init, "")?;
    init.outputs()
}

/// The vertices are divided into as many groups as the reuse factor says, with no check of the last one.
pub(super) fn check_reuse(init: &Initializer<'_>) -> Result<(), LayerError> {
    let (vertices, reuse) = (init.state.int("n_vertices")?, init.reuse_factor());
    if reuse > 0 && vertices % reuse == 0 {
        return Ok(());
    }
    Err(LayerError::attribute(
        "reuse_factor",
        format!("a divisor of the {vertices} vertices"),
        Some(&reuse.into()),
    ))
}

/// Adds the product of the two transforms of a layer, which follow each other and are linear. `number` is that of a layer in a
/// stack; the sizes are those of what is collected, of the aggregators and of the outputs.
pub(super) fn add_transform(
    init: &mut Initializer<'_>,
    number: &str,
    [propagated, aggregators, features]: [usize; 3],
) -> Result<(), LayerError> {
    let quantizer = init.state.get("quantizer").and_then(Attribute::as_quantizer).cloned();
    let data = |of: &str, part: &str, sizes: &[Option<usize>]| {
        kernel_data(init.state, &format!("{of}{number}_{part}_data"), quantizer.as_ref(), sizes)
    };
    let rows = aggregators.saturating_mul(propagated);
    let (_, output) = data("Fout", "kernel", &[Some(rows), Some(features)])?;
    let (shape, kernel) = data("FLR", "kernel", &[None, Some(propagated)])?;
    let (_, bias) = data("FLR", "bias", &[Some(propagated)])?;
    let product = |rows: &[f64]| -> Vec<f32> {
        let columns = (0..aggregators).flat_map(|a| (0..features).map(move |o| (a, o)));
        let dot = |row: &[f64], (a, o): (usize, usize)| -> f32 {
            let terms = row.iter().enumerate().map(|(p, x)| x * output[(a * propagated + p) * features + o]);
            terms.sum::<f64>() as f32
        };
        let rows = rows.chunks_exact(propagated.max(1));
        rows.flat_map(|row| columns.clone().map(move |at| dot(row, at))).collect()
    };
    let tensor = |name: &str, shape: &[usize], values: Vec<f32>, axes: &[usize]| {
        let made = Tensor::new(shape, values).and_then(|made| Strided::of(&made).transposed(axes)?.finish());
        made.map_err(|cause| LayerError::tensor(name, cause))
    };
    let [weights, biases] = ["weights", "biases"].map(|what| part("input_transform", number, what));
    let kernel = tensor(&weights.0, &[shape[0], aggregators, features], product(&kernel), &[2, 1, 0])?;
    let bias = tensor(&biases.0, &[aggregators, features], product(&bias), &[1, 0])?;
    add_variable(init, &weights, kernel, quantizer.is_some())?;
    add_variable(init, &biases, bias, quantizer.is_some())
}

/// Shape and elements of a kernel or bias, quantized, if they are in single precision and have these sizes.
fn kernel_data(
    state: &LayerState,
    name: &str,
    quantizer: Option<&AnyQuantizer>,
    sizes: &[Option<usize>],
) -> Result<(Vec<usize>, Vec<f64>), LayerError> {
    let data = state.array(name)?;
    let shape = data.shape();
    let fits = |(size, expected): (&usize, &Option<usize>)| expected.is_none_or(|expected| *size == expected);
    if data.dtype() != DType::F32 || shape.len() != sizes.len() || !shape.iter().zip(sizes).all(fits) {
        let sizes: Vec<String> =
            sizes.iter().map(|size| size.map_or("any".to_owned(), |n| n.to_string())).collect();
        let expected = format!("float32 of the sizes [{}]", sizes.join(", "));
        let found = format!("{} of {shape:?}", data.dtype().name());
        return Err(LayerError::WrongAttribute { attribute: name.to_owned(), expected, found });
    }
    let quantized = quantizer.map(|quantizer| quantizer.quantize(data)).transpose();
    let quantized = quantized.map_err(|cause| LayerError::Quantize { weight: name.to_owned(), cause })?;
    let values = quantized.as_ref().unwrap_or(data).iter_f64();
    Ok((shape.to_vec(), values.map_err(|cause| LayerError::tensor(name, cause))?.collect()))
}

/// Adds kernel and bias of the distances of a layer, and the bias of its outputs.
pub(super) fn add_distances(init: &mut Initializer<'_>, number: &str) -> Result<(), LayerError> {
    let name = format!("S{number}_kernel_data");
    let kernel = Strided::of(init.state.array(&name)?).transposed(&[1, 0]).and_then(Strided::finish);
    let kernel = kernel.map_err(|cause| LayerError::tensor(&name, cause))?;
    let distance_bias = init.state.array(&format!("S{number}_bias_data"))?.clone();
    let output_bias = init.state.array(&format!("Fout{number}_bias_data"))?.clone();
    add_variable(init, &part("aggregator_distance", number, "weights"), kernel, false)?;
    add_variable(init, &part("aggregator_distance", number, "biases"), distance_bias, false)?;
    add_variable(init, &part("output_transform", number, "biases"), output_bias, false)
}

/// The names of a weight and of its variable, in a layer of a stack with its number.
fn part(of: &str, number: &str, what: &str) -> (String, String) {
    let of = if number.is_empty() { of.to_owned() } else { format!("{of}_{number}") };
    (format!("{of}_{what}"), format!("{of}_{}{{index}}", &what[..1]))
}

/// Adds a weight with the integer bits that its values need, and ten fractional bits unless they are integers.
///
/// **Source:** `GarNet._add_variable` and `hls4ml.model.types.find_minimum_width`, hls4ml 1.3.0: without a sign if no value is
/// negative, and the logarithm of the largest value in the precision of the values.
fn add_variable(
    init: &mut Initializer<'_>,
    (name, variable): &(String, String),
    data: Tensor,
    is_integer: bool,
) -> Result<(), LayerError> {
    let values = || data.iter_f64().map_err(|cause| LayerError::tensor(name, cause));
    if let Some(value) = values()?.find(|value| !value.is_finite()) {
        let (attribute, expected) = (name.clone(), "finite numbers".to_owned());
        return Err(LayerError::WrongAttribute { attribute, expected, found: value.to_string() });
    }
    let signed = values()?.any(|value| value < 0.0);
    let largest = values()?.fold(0f64, |most, value| most.max(value.abs()));
    let is_single = data.dtype() == DType::F32;
    let integer = integer_bits(largest, is_single) + u32::from(signed && largest > 0.0);
    let precision = match (is_integer, signed) {
        (true, true) => Precision::int(integer),
        (true, false) => Precision::uint(integer),
        (false, _) => {
            let precision = FixedPrecision::new(integer + FRACTIONAL_BITS, integer.cast_signed(), signed);
            Precision::Fixed(FixedPrecision {
                rounding_mode: RoundingMode::Rnd,
                saturation_mode: SaturationMode::Sat,
                ..precision
            })
        }
    };
    let options = WeightOptions { data: Some(data), precision: Some(precision), ..WeightOptions::default() };
    init.add_weight_variable(name, variable, options)
}

/// Fractional bits of weights.
const FRACTIONAL_BITS: u32 = 10;

/// Bits in front of the point that hold a magnitude, without the sign; one for zero.
fn integer_bits(largest: f64, is_single: bool) -> u32 {
    if largest == 0.0 {
        return 1;
    }
    let log2 = if is_single { f64::from((largest as f32).log2()) } else { largest.log2() };
    let bits = log2.ceil().max(0.0);
    // a power of two needs one more
    let bits = if bits == log2.floor() { bits + 1.0 } else { bits };
    bits as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::{initialized, try_initialize, variable};

    #[test]
    fn collapsing_drops_the_vertices() {
        let draft = GarNet::builder("g").n_vertices(8).n_out_features(3);
        let inputs = [vec![8, 2], vec![1]];
        assert_eq!(draft.clone().build().into_layer().infer(&inputs), Ok(vec![vec![8, 3]]));
        assert_eq!(draft.collapse("mean").build().into_layer().infer(&inputs), Ok(vec![vec![3]]));
    }

    fn draft() -> crate::Draft {
        let array = |shape: &[usize], elements: Vec<f32>| Tensor::new(shape, elements).unwrap();
        let draft = GarNet::builder("g")
            .n_vertices(6)
            .n_propagate(2)
            .n_aggregators(1)
            .n_out_features(2)
            .collapse("mean");
        let draft = draft.inputs(["x", "n"]);
        let draft =
            draft.FLR_kernel_data(array(&[1, 2], vec![1.0, 2.0])).FLR_bias_data(array(&[2], vec![0.5, 0.0]));
        let draft = draft.S_kernel_data(array(&[1, 1], vec![-3.0])).S_bias_data(array(&[1], vec![0.0]));
        let draft = draft.Fout_kernel_data(array(&[2, 2], vec![1.0, 0.5, 1.5, 0.25]));
        draft.Fout_bias_data(array(&[2], vec![0.25, 0.125])).build()
    }

    #[test]
    fn transforms_are_multiplied_and_types_fit_the_values() {
        let inputs = [variable("x", &[6, 1]), variable("n", &[1])];
        let state = initialized(draft(), &inputs);
        let weight = state.weight("input_transform_weights").unwrap();
        assert_eq!((weight.name.as_str(), weight.data.shape()), ("input_transform_w3", [2, 1, 1].as_slice()));
        assert_eq!(weight.data.iter_f64().unwrap().collect::<Vec<f64>>(), [4.0, 1.0]);
        let precision = |name: &str| state.weight(name).unwrap().ty.precision.to_string();
        assert_eq!(precision("input_transform_weights"), "ufixed<13,3,RND,SAT,0>");
        assert_eq!(precision("input_transform_biases"), "ufixed<10,0,RND,SAT,0>");
        assert_eq!(precision("aggregator_distance_weights"), "fixed<13,3,RND,SAT,0>");
        assert_eq!(precision("aggregator_distance_biases"), "ufixed<11,1,RND,SAT,0>");
        assert_eq!(state.variable("g").unwrap().shape, [2]);
    }

    #[test]
    fn kernels_have_to_fit_each_other() {
        let inputs = [variable("x", &[6, 1]), variable("n", &[1])];
        let error = try_initialize(draft().with("n_aggregators", 2), &inputs).unwrap_err();
        let expected =
            "attribute `Fout_kernel_data`: expected float32 of the sizes [4, 2], found float32 of [2, 2]";
        assert_eq!(error.to_string(), expected);
        let error = try_initialize(draft().with("n_aggregators", i64::MAX), &inputs).unwrap_err();
        assert!(error.to_string().contains("found float32 of [2, 2]"), "{error}");
    }

    #[test]
    fn weights_are_finite_numbers_in_single_precision() {
        let inputs = [variable("x", &[6, 1]), variable("n", &[1])];
        for value in [f32::INFINITY, f32::NAN] {
            let kernel = Attribute::Array(Tensor::new(&[1, 1], vec![value]).unwrap());
            let error = try_initialize(draft().with("S_kernel_data", kernel), &inputs).unwrap_err();
            assert!(error.to_string().contains("expected finite numbers"), "{error}");
        }
        let kernel = Attribute::Array(Tensor::new(&[1, 2], vec![1f64, 2.0]).unwrap());
        let error = try_initialize(draft().with("FLR_kernel_data", kernel), &inputs).unwrap_err();
        assert!(error.to_string().contains("expected float32 of the sizes [any, 2]"), "{error}");
    }
}
