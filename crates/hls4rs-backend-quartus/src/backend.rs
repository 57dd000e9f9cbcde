//! What the backend is.

use std::sync::LazyLock;

use hls4rs_backend::{AttributeMap, Backend, OptionSpec, Vendor, integer, table};
use hls4rs_graph::{Flow, LayerExtensions};
use hls4rs_layers::{AttributeSpec, LayerSpec};

use crate::{flows, options};

/// The backend for Intel HLS.
#[derive(Debug)]
pub struct Quartus;

/// What the backend adds to kinds.
///
/// **Source:** `QuartusBackend._register_layer_attributes`, hls4ml 1.3.0.
static ATTRIBUTES: LazyLock<AttributeMap> = LazyLock::new(|| {
    let mut map = AttributeMap::fpga();
    map.add(
        &["SimpleRNN", "LSTM", "GRU"],
        &[
            integer("recurrent_reuse_factor", 1, "how many times each multiplier of the state is used"),
            integer("table_size", 1024, "number of entries of the table"),
            table("table_t", "fixed<18,8>", "type of the table"),
        ],
    );
    map
});

impl LayerExtensions for Quartus {
    fn attributes(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        ATTRIBUTES.of(spec)
    }
}

impl Backend for Quartus {
    fn vendor(&self) -> Vendor {
        Vendor::Quartus
    }

    fn flows(&self) -> &'static [&'static Flow] {
        flows::FLOWS
    }

    fn default_flow(&self) -> &'static Flow {
        &flows::IP
    }

    fn options(&self) -> &'static [OptionSpec] {
        options::OPTIONS
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::{Config, FlowOptions, ModelGraph};
    use hls4rs_layers::layers::{Activation, Conv2D, Input, LSTM, Softmax};
    use hls4rs_types::{Attribute, Attributes, Tensor};

    use super::*;

    /// A graph with the input `x`, and a reuse factor of 3 for all layers.
    fn graph(shape: &[usize], output: &str, layer: Attributes) -> ModelGraph {
        let model =
            Attributes::from([("Precision", Attribute::from("fixed<16,6>")), ("ReuseFactor", 3i64.into())]);
        let layers = Attributes::from([(output, Attribute::Map(layer))]);
        let hls = [("Model", Attribute::Map(model)), ("LayerName", Attribute::Map(layers))];
        let (mut options, _) = Quartus.configuration(&Attributes::new());
        options.insert("HLSConfig", Attributes::from(hls));
        let mut graph = ModelGraph::new(Config::from_options(options, "quartus:ip").unwrap());
        graph.set_extensions(&Quartus);
        graph.set_io(["x"], [output]);
        graph.add(Input::builder("x").input_shape(shape)).unwrap();
        graph
    }

    fn initialized(mut graph: ModelGraph) -> ModelGraph {
        graph.apply_steps(&flows::INIT_LAYERS, &mut FlowOptions::default()).unwrap();
        graph
    }

    #[test]
    fn lstms_have_weights_of_each_gate() {
        let mut graph = graph(&[5, 3], "lstm", Attributes::new());
        let zeros = |shape: &[usize]| Tensor::zeros(shape).unwrap();
        let counted = Tensor::vector((0..8).map(|i| i as f32).collect());
        let lstm = LSTM::builder("lstm").n_in(3).n_out(2).n_timesteps(5).activation("tanh");
        let lstm =
            lstm.recurrent_activation("sigmoid").weight(zeros(&[3, 8])).recurrent_weight(zeros(&[2, 8]));
        graph.add(lstm.bias(counted)).unwrap();
        let graph = initialized(graph);
        let state = graph.layer("lstm").unwrap().state();
        let weight = state.weight("recurrent_weight_c").unwrap();
        assert_eq!((weight.name.as_str(), weight.shape()), ("recurrent_kernel_c_2", &[2usize, 2][..]));
        assert_eq!(state.weight("bias_o").unwrap().data, Tensor::vector(vec![6f32, 7.0]));
        assert_eq!((state.int("reuse_factor"), state.int("recurrent_reuse_factor")), (Ok(3), Ok(2)));
        assert_eq!((state.str("strategy"), state.str("activation")), (Ok("resource"), Ok("tanh")));
    }

    #[test]
    fn the_hyperbolic_tangent_has_a_kernel_of_its_own() {
        let mut graph = graph(&[4], "tanh", Attributes::new());
        graph.add(Activation::builder("tanh").activation("tanh")).unwrap();
        assert_eq!(initialized(graph).layer("tanh").unwrap().state().str("activation"), Ok("dense_tanh"));
    }

    #[test]
    fn a_softmax_of_arrays_is_over_all_of_them() {
        let mut graph = graph(&[4, 4], "softmax", Attributes::new());
        graph.add(Softmax::builder("softmax").n_in(4).activation("softmax")).unwrap();
        let error = graph.apply_steps(&flows::INIT_LAYERS, &mut FlowOptions::default()).unwrap_err();
        let expected = "flow `quartus:init_layers`, pass `quartus:init_softmax`, layer `softmax`: expected an input of \
                        one dimension for a softmax with `io_parallel`, found the shape [4, 4]";
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.help(), Some("convert the model for `io_stream`, or leave the softmax out"));
    }

    #[test]
    fn pointwise_convolutions_have_the_reuse_factor_that_was_asked_for() {
        let mut graph = graph(&[4, 4, 2], "conv", Attributes::from([("ReuseFactor", 3i64)]));
        let conv =
            Conv2D::builder("conv").in_height(4).in_width(4).out_height(4).out_width(4).n_chan(2).n_filt(2);
        let conv = conv.filt_height(1).filt_width(1).stride_height(1).stride_width(1);
        let conv = conv.pad_top(0).pad_bottom(0).pad_left(0).pad_right(0).data_format("channels_last");
        graph.add(conv.weight(Tensor::zeros(&[2, 2]).unwrap())).unwrap();
        let mut graph = initialized(graph);
        let state = graph.layer("conv").unwrap().state();
        assert_eq!((state.int("reuse_factor"), state.str("implementation")), (Ok(2), Ok("im2col")));
        assert_eq!(state.weight("weight").unwrap().shape(), [1, 1, 2, 2]);
        graph.apply_steps(&flows::OPTIMIZE, &mut FlowOptions::default()).unwrap();
        let conv = graph.layer("conv").unwrap();
        assert_eq!((conv.kind(), conv.state().int("reuse_factor")), ("PointwiseConv2D", Ok(3)));
    }
}
