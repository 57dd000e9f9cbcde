//! The checks of what Vitis HLS supports, a file each.

mod check_bidirectional_io_type;
mod check_bidirectional_merge_mode;
mod check_conv_implementation;
mod check_resource_strategy;
mod check_std_cpp_types;
mod check_unrolled_strategy;

pub use check_bidirectional_io_type::CheckBidirectionalIoType;
pub use check_bidirectional_merge_mode::CheckBidirectionalMergeMode;
pub use check_conv_implementation::CheckConvImplementation;
pub use check_resource_strategy::CheckResourceStrategy;
pub use check_std_cpp_types::CheckStdCppTypes;
pub use check_unrolled_strategy::CheckUnrolledStrategy;

/// Whether the kind's name holds one of these.
fn is_like(kind: &str, names: &[&str]) -> bool {
    names.iter().any(|name| kind.contains(name))
}

#[cfg(test)]
mod tests {
    use hls4rs_backend::Backend;
    use hls4rs_graph::{Config, Diagnostic, FlowError, FlowOptions, ModelGraph};
    use hls4rs_layers::Draft;
    use hls4rs_layers::layers::{Bidirectional, Dense, Input};
    use hls4rs_types::{Precision, Tensor};

    use crate::Vitis;
    use crate::flows::VALIDATION;

    fn checked(
        io_type: &str,
        shape: &[usize],
        layer: Draft,
    ) -> (ModelGraph, Result<Vec<Diagnostic>, FlowError>) {
        let mut config = Config::default();
        config.options.insert("IOType", io_type);
        config.options.insert("Backend", Vitis.name());
        let mut graph = ModelGraph::new(config);
        graph.set_extensions(&Vitis);
        graph.set_io(["x"], ["layer"]);
        graph.add(Input::builder("x").input_shape(shape)).unwrap();
        graph.add(layer).unwrap();
        let report = graph.apply_steps(&VALIDATION, &mut FlowOptions::default());
        (graph, report.map(|report| report.diagnostics))
    }

    fn bidirectional() -> Draft {
        let zeros = |shape: &[usize]| Tensor::zeros(shape).unwrap();
        let layer =
            Bidirectional::builder("layer").n_out(2).forward_class_name("LSTM").backward_class_name("LSTM");
        let layer = layer.forward_activation("tanh").forward_recurrent_activation("sigmoid");
        let layer = layer.backward_activation("tanh").backward_recurrent_activation("sigmoid");
        let layer = layer.forward_weight(zeros(&[3, 8])).forward_recurrent_weight(zeros(&[2, 8]));
        let layer = layer.backward_weight(zeros(&[3, 8])).backward_recurrent_weight(zeros(&[2, 8]));
        layer.forward_bias(zeros(&[8])).backward_bias(zeros(&[8])).merge_mode("sum").build()
    }

    #[test]
    fn bidirectional_layers_are_joined_and_pass_arrays() {
        let (graph, found) = checked("io_parallel", &[5, 3], bidirectional());
        assert_eq!(found.unwrap().iter().map(|found| found.id).collect::<Vec<_>>(), ["vitis-merge-mode"]);
        assert_eq!(graph.layer("layer").unwrap().state().str("merge_mode").unwrap(), "concat");
        let (_, found) = checked("io_stream", &[5, 3], bidirectional());
        let error = found.unwrap_err();
        assert_eq!(
            error.to_string(),
            "flow `vitis:validation`, pass `vitis:validate_bidirectional_io_type`, layer `layer`: expected `io_parallel` \
             for a bidirectional layer, found `io_stream`"
        );
        assert_eq!(error.help(), Some("convert the model with `io_type` `io_parallel`"));
    }

    #[test]
    fn types_for_tests_are_told() {
        let half: Precision = "half".parse().unwrap();
        let dense = Dense::builder("layer").n_in(2).n_out(2).weight(Tensor::zeros(&[2, 2]).unwrap());
        let (_, found) = checked(
            "io_parallel",
            &[2],
            dense.build().with("accum_t", hls4rs_types::NamedType::new("t", half)),
        );
        let found = found.unwrap();
        assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), ["vitis-cpp-type"]);
    }
}
