//! The kinds of hls4ml 1.3.0 and of its FPGA backends, a file each.

macro_rules! kinds {
    ($($module:ident: $name:ident, $builder:ident;)*) => {
        $(mod $module;
        pub use $module::{$name, $builder};)*

        /// Every kind, in the order of hls4ml's registry, then those of the backends.
        pub const LAYERS: &[&crate::LayerSpec] = &[$($name::SPEC),*];
    };
}

mod numeric;
mod recurrent;
mod shapes;
#[cfg(test)]
mod testing;

kinds! {
    input: Input, InputBuilder;
    constant: Constant, ConstantBuilder;
    activation: Activation, ActivationBuilder;
    parametrized_activation: ParametrizedActivation, ParametrizedActivationBuilder;
    prelu: PReLU, PReLUBuilder;
    softmax: Softmax, SoftmaxBuilder;
    ternary_tanh: TernaryTanh, TernaryTanhBuilder;
    hard_activation: HardActivation, HardActivationBuilder;
    reshape: Reshape, ReshapeBuilder;
    dense: Dense, DenseBuilder;
    conv: Conv, ConvBuilder;
    conv1d: Conv1D, Conv1DBuilder;
    conv2d: Conv2D, Conv2DBuilder;
    conv2d_batchnorm: Conv2DBatchnorm, Conv2DBatchnormBuilder;
    separable_conv1d: SeparableConv1D, SeparableConv1DBuilder;
    depthwise_conv1d: DepthwiseConv1D, DepthwiseConv1DBuilder;
    separable_conv2d: SeparableConv2D, SeparableConv2DBuilder;
    depthwise_conv2d: DepthwiseConv2D, DepthwiseConv2DBuilder;
    batch_normalization: BatchNormalization, BatchNormalizationBuilder;
    pooling1d: Pooling1D, Pooling1DBuilder;
    pooling2d: Pooling2D, Pooling2DBuilder;
    global_pooling1d: GlobalPooling1D, GlobalPooling1DBuilder;
    global_pooling2d: GlobalPooling2D, GlobalPooling2DBuilder;
    zero_padding1d: ZeroPadding1D, ZeroPadding1DBuilder;
    zero_padding2d: ZeroPadding2D, ZeroPadding2DBuilder;
    cropping1d: Cropping1D, Cropping1DBuilder;
    cropping2d: Cropping2D, Cropping2DBuilder;
    merge: Merge, MergeBuilder;
    matmul: MatMul, MatMulBuilder;
    dot: Dot, DotBuilder;
    concatenate: Concatenate, ConcatenateBuilder;
    resize: Resize, ResizeBuilder;
    transpose: Transpose, TransposeBuilder;
    embedding: Embedding, EmbeddingBuilder;
    simple_rnn: SimpleRNN, SimpleRNNBuilder;
    lstm: LSTM, LSTMBuilder;
    gru: GRU, GRUBuilder;
    bidirectional: Bidirectional, BidirectionalBuilder;
    time_distributed: TimeDistributed, TimeDistributedBuilder;
    garnet: GarNet, GarNetBuilder;
    garnet_stack: GarNetStack, GarNetStackBuilder;
    quant: Quant, QuantBuilder;
    bipolar_quant: BipolarQuant, BipolarQuantBuilder;
    apply_alpha: ApplyAlpha, ApplyAlphaBuilder;
    batch_norm_onnx: BatchNormOnnx, BatchNormOnnxBuilder;
    layer_group: LayerGroup, LayerGroupBuilder;
    symbolic_expression: SymbolicExpression, SymbolicExpressionBuilder;
    layer_normalization: LayerNormalization, LayerNormalizationBuilder;
    einsum_dense: EinsumDense, EinsumDenseBuilder;
    einsum: Einsum, EinsumBuilder;
    bias_add: BiasAdd, BiasAddBuilder;
    da_combinational: DACombinational, DACombinationalBuilder;
    if_neuron: IFNeuron, IFNeuronBuilder;
    lif_neuron: LIFNeuron, LIFNeuronBuilder;
    snn_readout: SNNReadout, SNNReadoutBuilder;
    fixed_point_quantizer: FixedPointQuantizer, FixedPointQuantizerBuilder;
    unary_lut: UnaryLUT, UnaryLUTBuilder;
    batch_normalization_quantized_tanh: BatchNormalizationQuantizedTanh, BatchNormalizationQuantizedTanhBuilder;
    pointwise_conv1d: PointwiseConv1D, PointwiseConv1DBuilder;
    pointwise_conv2d: PointwiseConv2D, PointwiseConv2DBuilder;
    clone: Clone, CloneBuilder;
    repack: Repack, RepackBuilder;
    broadcast: Broadcast, BroadcastBuilder;
    catapult_broadcast: CatapultBroadcast, CatapultBroadcastBuilder;
}
