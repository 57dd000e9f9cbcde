"""The models of the golden files: small networks with reproducible weights.

`KERAS`, `KERAS3` and `ONNX` map the name of a model to the function that builds it. Each function takes a numpy generator
and returns a `GoldenModel`. Weights and inputs come from that generator alone, never from a framework's initializers.
"""

from dataclasses import dataclass, field

import numpy as np

ROWS = 8
# The input of a softmax: with the bits that hls4ml infers, Catapult refuses it and other backends answer a constant.
NARROW = 'fixed<16,6>'


@dataclass
class GoldenModel:
    """A model with its inputs and what is configured apart from hls4ml's defaults."""

    source: object
    """The Keras model or the QONNX `ModelWrapper`."""
    inputs: list
    """One array per input, one row per sample."""
    layer_config: dict = field(default_factory=dict)
    """What to change in hls4ml's configuration per layer name; dictionaries are merged."""


def grid(rng, *shape, low=-1.0, high=1.0):
    """Return random float32 numbers that are multiples of 1/1024."""
    return (np.round(rng.uniform(low, high, shape) * 1024) / 1024).astype(np.float32)


def weight(rng, name, shape):
    """Return a random weight: positive for variances and scales, small enough not to overflow otherwise."""
    if 'variance' in name or 'gamma' in name:
        return grid(rng, *shape, low=0.5, high=1.5)
    fan_in = int(np.prod(shape[:-1])) if len(shape) > 1 else 4
    bound = max(2.0 / np.sqrt(fan_in), 1 / 16)
    return grid(rng, *shape, low=-bound, high=bound)


def keras_model(rng, inputs, outputs):
    """Build a Keras model from tensors and set all of its weights."""
    from tensorflow.keras.models import Model

    model = Model(inputs, outputs)
    for layer in model.layers:
        layer.set_weights([weight(rng, variable.name, tuple(variable.shape)) for variable in layer.weights])
    return model


def qkeras_cnn(rng):
    """Quantized convolutions with ternary and binary biases, a power-of-two dense layer and a softmax."""
    from qkeras import QActivation, QConv2D, QDense
    from qkeras.quantizers import binary, quantized_bits, quantized_relu, ternary
    from tensorflow.keras.layers import Flatten, Input, MaxPooling2D

    x = inp = Input((8, 8, 3), name='image')
    x = QConv2D(4, (3, 3), kernel_quantizer='quantized_bits(8,4)', bias_quantizer=ternary(), name='conv_1')(x)
    x = QActivation('quantized_relu(6)', name='relu_1')(x)
    x = MaxPooling2D((2, 2), name='pool_1')(x)
    x = QConv2D(5, (2, 2), kernel_quantizer=quantized_bits(8, 4), bias_quantizer=binary(), name='conv_2')(x)
    x = QActivation(quantized_relu(2), name='relu_2')(x)
    x = Flatten(name='flatten')(x)
    x = QDense(5, activation='softmax', kernel_quantizer='quantized_po2(8,4)', name='dense_1')(x)
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 8, 8, 3, low=0.0)])


def mlp(rng):
    """Dense layers with both strategies, a batch normalization, three activations and a softmax."""
    from tensorflow.keras.layers import Activation, BatchNormalization, Dense, Input

    x = inp = Input((16,), name='features')
    x = Dense(12, activation='relu', name='dense_1')(x)
    x = Dense(8, name='dense_2')(x)
    x = BatchNormalization(name='norm_2')(x)
    x = Activation('tanh', name='tanh_2')(x)
    x = Dense(6, activation='sigmoid', name='dense_3')(x)
    x = Dense(5, activation='softmax', name='dense_4')(x)
    layer_config = {
        'dense_1': {'Strategy': 'Resource', 'ReuseFactor': 4},
        'dense_4': {'Precision': {'result': NARROW}},
    }
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 16)], layer_config)


def lstm(rng):
    """One LSTM layer and a dense layer."""
    from tensorflow.keras.layers import LSTM, Dense, Input

    x = inp = Input((6, 4), name='sequence')
    x = LSTM(5, name='lstm_1')(x)
    x = Dense(3, activation='sigmoid', name='dense_1')(x)
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 6, 4)])


def residual(rng):
    """Two convolutions with a skip connection around the second."""
    from tensorflow.keras.layers import Add, Conv2D, Dense, GlobalAveragePooling2D, Input

    inp = Input((6, 6, 2), name='image')
    trunk = Conv2D(3, (3, 3), padding='same', activation='relu', name='conv_1')(inp)
    branch = Conv2D(3, (3, 3), padding='same', activation='relu', name='conv_2')(trunk)
    x = Add(name='add')([trunk, branch])
    x = GlobalAveragePooling2D(name='pool')(x)
    x = Dense(4, name='dense_1')(x)
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 6, 6, 2)])


def normalized(rng):
    """Batch normalizations in both branches of a residual block, which hls4ml merges with the convolutions before them."""
    from tensorflow.keras.layers import Add, BatchNormalization, Conv2D, Dense, Flatten, Input, ReLU

    inp = Input((5, 5, 2), name='image')
    x = Conv2D(3, (3, 3), use_bias=False, name='conv_1')(inp)
    x = BatchNormalization(name='norm_1')(x)
    x = trunk = ReLU(name='relu_1')(x)
    x = Conv2D(4, (2, 2), name='conv_2')(x)
    x = BatchNormalization(name='norm_2')(x)
    shortcut = Conv2D(4, (2, 2), name='conv_3')(trunk)
    shortcut = BatchNormalization(name='norm_3')(shortcut)
    x = Add(name='add')([x, shortcut])
    x = ReLU(name='relu_2')(x)
    x = Flatten(name='flatten')(x)
    x = Dense(3, name='dense_1')(x)
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 5, 5, 2)])


def binary(rng):
    """Binary and ternary weights and activations, with batch normalizations between them."""
    from qkeras import QActivation, QDense
    from qkeras.quantizers import binary as binary_quantizer
    from qkeras.quantizers import ternary as ternary_quantizer
    from tensorflow.keras.layers import BatchNormalization, Input

    x = inp = Input((16,), name='features')
    x = QDense(12, kernel_quantizer=binary_quantizer(alpha=1), use_bias=False, name='dense_1')(x)
    x = BatchNormalization(name='norm_1')(x)
    x = QActivation(binary_quantizer(alpha=1), name='binary_1')(x)
    x = QDense(10, kernel_quantizer=binary_quantizer(alpha=1), use_bias=False, name='dense_2')(x)
    x = BatchNormalization(name='norm_2')(x)
    x = QActivation(ternary_quantizer(alpha=1, threshold=0.5), name='ternary_2')(x)
    x = QDense(4, kernel_quantizer=ternary_quantizer(alpha=1, threshold=0.5), use_bias=False, name='dense_3')(x)
    x = BatchNormalization(name='norm_3')(x)
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 16)])


def gru(rng):
    """One GRU layer that returns its sequence, and a dense layer."""
    from tensorflow.keras.layers import GRU, Dense, Flatten, Input

    x = inp = Input((5, 4), name='sequence')
    x = GRU(4, return_sequences=True, name='gru_1')(x)
    x = Flatten(name='flatten')(x)
    x = Dense(3, name='dense_1')(x)
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 5, 4)])


def conv1d(rng):
    """One-dimensional convolutions: padded, pointwise and strided, with poolings."""
    from tensorflow.keras.layers import Conv1D, Dense, GlobalMaxPooling1D, Input, MaxPooling1D

    x = inp = Input((12, 3), name='sequence')
    x = Conv1D(4, 3, padding='same', activation='relu', name='conv_1')(x)
    x = Conv1D(4, 1, name='pointwise_1')(x)
    x = MaxPooling1D(2, name='pool_1')(x)
    x = Conv1D(3, 2, strides=2, padding='valid', name='conv_2')(x)
    x = GlobalMaxPooling1D(name='pool_2')(x)
    x = Dense(4, name='dense_1')(x)
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 12, 3)])


def separable(rng):
    """Separable and depthwise convolutions, zero padding, upsampling and average pooling."""
    from tensorflow.keras.layers import (
        AveragePooling2D,
        DepthwiseConv2D,
        Input,
        SeparableConv2D,
        UpSampling2D,
        ZeroPadding2D,
    )

    x = inp = Input((5, 5, 2), name='image')
    x = SeparableConv2D(3, (3, 3), name='separable_1')(x)
    x = ZeroPadding2D((1, 1), name='pad_1')(x)
    x = DepthwiseConv2D((2, 2), name='depthwise_1')(x)
    x = UpSampling2D((2, 2), name='upsample_1')(x)
    x = AveragePooling2D((2, 2), name='pool_1')(x)
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 5, 5, 2)])


def multi_io(rng):
    """Two inputs of different size, a concatenation and two outputs."""
    from tensorflow.keras.layers import Concatenate, Dense, Input

    left, right = Input((6,), name='left'), Input((4,), name='right')
    a = Dense(5, activation='relu', name='dense_left')(left)
    b = Dense(3, activation='relu', name='dense_right')(right)
    x = Concatenate(name='concat')([a, b])
    first = Dense(3, activation='softmax', name='dense_first')(x)
    second = Dense(2, activation='sigmoid', name='dense_second')(x)
    model = keras_model(rng, [left, right], [first, second])
    layer_config = {'dense_first': {'Precision': {'result': NARROW}}}
    return GoldenModel(model, [grid(rng, ROWS, 6), grid(rng, ROWS, 4)], layer_config)


def embedding(rng):
    """An embedding of ten words and a dense layer."""
    from tensorflow.keras.layers import Dense, Embedding, Flatten, Input

    x = inp = Input((6,), name='words')
    x = Embedding(10, 4, name='embedding_1')(x)
    x = Flatten(name='flatten')(x)
    x = Dense(3, name='dense_1')(x)
    layer_config = {'words': {'Precision': {'result': 'uint<4>'}}}
    return GoldenModel(keras_model(rng, inp, x), [rng.integers(0, 10, (ROWS, 6)).astype(np.float32)], layer_config)


def po2(rng):
    """Weights that are powers of two."""
    from qkeras import QActivation, QDense
    from qkeras.quantizers import quantized_bits, quantized_po2, quantized_relu
    from tensorflow.keras.layers import Input

    x = inp = Input((8,), name='features')
    x = QDense(6, kernel_quantizer=quantized_po2(5, 2), bias_quantizer=quantized_bits(8, 3), name='dense_1')(x)
    x = QActivation(quantized_relu(8, 3), name='relu_1')(x)
    x = QDense(4, kernel_quantizer=quantized_po2(5, 2), bias_quantizer=quantized_bits(8, 3), name='dense_2')(x)
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 8)])


def activations(rng):
    """Every activation with a parameter, and those computed from tables."""
    from tensorflow.keras.layers import ELU, Activation, Dense, Input, LeakyReLU, PReLU, ThresholdedReLU

    x = inp = Input((6,), name='features')
    x = Dense(6, name='dense_1')(x)
    x = LeakyReLU(alpha=0.25, name='leaky_relu')(x)
    x = PReLU(name='prelu')(x)
    x = ELU(alpha=0.5, name='elu')(x)
    for name in ('softplus', 'softsign', 'selu', 'hard_sigmoid'):
        x = Activation(name, name=name)(x)
    x = ThresholdedReLU(theta=0.25, name='thresholded_relu')(x)
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 6, low=-2.0, high=2.0)])


def time_distributed(rng):
    """Layers that are applied to each step: a convolution and a pooling of images, and a dense layer behind an LSTM."""
    from tensorflow.keras.layers import LSTM, Conv2D, Dense, Input, MaxPooling2D, Reshape, TimeDistributed

    x = inp = Input((3, 5, 5, 2), name='images')
    x = TimeDistributed(Conv2D(2, (2, 2), name='conv_1'), name='loop_1')(x)
    x = TimeDistributed(MaxPooling2D((2, 2), name='pool_1'), name='loop_2')(x)
    x = Reshape((3, 8), name='flatten')(x)
    x = LSTM(3, return_sequences=True, name='lstm_1')(x)
    x = TimeDistributed(Dense(2, name='dense_1'), name='loop_3')(x)
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 3, 5, 5, 2)])


def distributed_arithmetic(rng):
    """A convolution and a dense layer whose products are sums of shifted numbers."""
    from tensorflow.keras.layers import Conv2D, Dense, Flatten, Input

    x = inp = Input((4, 4, 2), name='image')
    x = Conv2D(2, (2, 2), padding='same', activation='relu', name='conv_1')(x)
    x = Flatten(name='flatten')(x)
    x = Dense(3, name='dense_1')(x)
    options = {'Strategy': 'distributed_arithmetic'}
    return GoldenModel(keras_model(rng, inp, x), [grid(rng, ROWS, 4, 4, 2)], {'conv_1': options, 'dense_1': options})


def keras3_model(rng, inputs, outputs):
    """Build a model of Keras 3 from tensors and set its weights, but for those of quantizers."""
    import keras

    names = ('kernel', 'bias', 'gamma', 'beta', 'moving_mean', 'moving_variance')
    model = keras.Model(inputs, outputs)
    for layer in model.layers:
        for variable in layer.variables:
            if variable.path.rsplit('/', 1)[-1] in names and variable.path.count('/') == 1:
                variable.assign(weight(rng, variable.name, tuple(variable.shape)))
    return model


def keras3_cnn(rng):
    """Keras 3: convolutions with a skip connection, fused batch normalization, operators, two outputs."""
    import keras
    from keras import layers

    inp = keras.Input((6, 6, 2), name='image')
    x = trunk = layers.Conv2D(3, (3, 3), padding='same', activation='relu', name='conv_1')(inp)
    x = layers.Conv2D(3, (3, 3), padding='same', use_bias=False, name='conv_2')(x)
    x = layers.BatchNormalization(name='norm_2')(x)
    x = layers.ReLU(name='relu_2')(x)
    x = layers.Add(name='add')([trunk, x])
    x = layers.MaxPooling2D((2, 2), name='pool')(x)
    x = layers.Dropout(0.5, name='dropout')(x)
    x = layers.Flatten(name='flatten')(x)
    x = layers.Dense(5, activation='relu', name='dense_1')(x)  # hls4ml's streams cannot be cloned behind a flatten
    first = layers.Dense(4, activation='softmax', name='dense_first')(x)
    second = layers.Dense(2, activation='tanh', name='dense_second')(x)
    layer_config = {'dense_first': {'Precision': {'result': NARROW}}}
    return GoldenModel(keras3_model(rng, inp, [first, second]), [grid(rng, ROWS, 6, 6, 2)], layer_config)


def hgq2(rng):
    """HGQ2: a quantized convolution, batch normalization, pooling, dense layers and softmax, of traced ranges."""
    import keras
    from hgq import layers
    from hgq.config import QuantizerConfigScope
    from hgq.utils import trace_minmax

    with (
        QuantizerConfigScope(place='all', q_type='kbi', overflow_mode='SAT_SYM', round_mode='RND'),
        QuantizerConfigScope(
            place='datalane', q_type='kif', overflow_mode='WRAP', round_mode='TRN', f0=5, heterogeneous_axis=()
        ),
    ):
        inp = keras.Input((6, 6, 2), name='image')
        x = layers.QConv2D(3, (3, 3), activation='relu', name='conv_1')(inp)
        x = layers.QBatchNormalization(name='norm_1')(x)
        x = layers.QMaxPooling2D((2, 2), name='pool')(x)
        x = keras.layers.Flatten(name='flatten')(x)
        x = layers.QDense(4, name='dense_1')(x)
        x = layers.QSoftmax(name='softmax')(x)
    golden = GoldenModel(keras3_model(rng, inp, x), [grid(rng, ROWS, 6, 6, 2)])
    trace_minmax(golden.source, golden.inputs[0], verbose=0)
    return golden


class OnnxBuilder:
    """Collects nodes and constants of an ONNX graph."""

    def __init__(self):
        self.nodes = []
        self.constants = []

    def constant(self, name, value):
        """Add a constant and return its name."""
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype=np.float32), name))
        return name

    def node(self, kind, name, inputs, **attributes):
        """Add a node of one output and return the name of the output."""
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [f'{name}_out'], name=name, **attributes))
        return f'{name}_out'

    def quant(self, name, tensor, scale, bits, signed=True):
        """Add a QONNX quantization of `bits` bits with the step `scale`."""
        inputs = [tensor]
        for what, value in (('scale', scale), ('zero', 0.0), ('bits', float(bits))):
            inputs.append(self.constant(f'{name}_{what}', value))
        options = {'signed': int(signed), 'narrow': 0, 'rounding_mode': 'ROUND'}
        return self.node('Quant', name, inputs, domain='qonnx.custom_op.general', **options)

    def dense(self, rng, name, tensor, n_in, n_out):
        """Add a product with quantized weights and a sum with a quantized bias."""
        kernel = self.constant(f'{name}_kernel', weight(rng, 'kernel', (n_in, n_out)))
        bias = self.constant(f'{name}_bias', grid(rng, n_out, low=-0.5, high=0.5))
        product = self.node('MatMul', f'{name}_matmul', [tensor, self.quant(f'{name}_kernel_quant', kernel, 1 / 16, 5)])
        return self.node('Add', f'{name}_add', [product, self.quant(f'{name}_bias_quant', bias, 1 / 64, 7)])

    def model(self, n_in, n_out, output):
        """Return the cleaned QONNX model with the input `features` and the given output."""
        from onnx import TensorProto, helper
        from qonnx.core.modelwrapper import ModelWrapper
        from qonnx.util.cleanup import cleanup_model

        graph = helper.make_graph(
            self.nodes,
            'golden',
            [helper.make_tensor_value_info('features', TensorProto.FLOAT, [1, n_in])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, n_out])],
            self.constants,
        )
        opsets = [helper.make_opsetid('', 13), helper.make_opsetid('qonnx.custom_op.general', 1)]
        return cleanup_model(ModelWrapper(helper.make_model(graph, opset_imports=opsets, ir_version=8)))


def qonnx_mlp(rng):
    """Two dense layers with quantized weights, biases and activations, and a softmax."""
    build = OnnxBuilder()
    x = build.quant('input_quant', 'features', 1 / 16, 8)
    x = build.dense(rng, 'dense_1', x, 16, 10)
    x = build.node('Relu', 'relu_1', [x])
    x = build.quant('relu_1_quant', x, 1 / 8, 6, signed=False)
    x = build.dense(rng, 'dense_2', x, 10, 5)
    x = build.quant('dense_2_quant', x, 1 / 16, 8)
    x = build.node('Softmax', 'softmax', [x], axis=-1)
    return GoldenModel(build.model(16, 5, x), [grid(rng, ROWS, 16)])


def graph_network(rng, layer):
    """A layer of a graph network over eight vertices, whose number is an input of integers, and a dense layer."""
    from tensorflow.keras.layers import Dense, Input

    vertices, used = Input((8, 3), name='vertices'), Input((1,), dtype='uint8', name='used')
    x = Dense(2, name='dense_1')(layer([vertices, used]))
    rows = [grid(rng, ROWS, 8, 3), rng.integers(1, 9, (ROWS, 1)).astype(np.float32)]
    return GoldenModel(keras_model(rng, [vertices, used], x), rows, {'used': {'Precision': {'result': 'uint<8>'}}})


def garnet(rng):
    """One layer of a graph network."""
    from hls4ml.contrib.garnet import GarNet

    options = {'simplified': True, 'collapse': 'mean', 'output_activation': None}
    return graph_network(rng, GarNet(4, 4, 4, mean_by_nvert=True, name='garnet', **options))


def garnet_stack(rng):
    """Two layers of a graph network in one."""
    from hls4ml.contrib.garnet import GarNetStack

    options = {'simplified': True, 'collapse': 'mean', 'output_activation': None}
    return graph_network(rng, GarNetStack([4, 4], [4, 6], [4, 2], quantize_transforms=None, name='garnet', **options))


KERAS = {
    'qkeras_cnn': qkeras_cnn,
    'mlp': mlp,
    'lstm': lstm,
    'residual': residual,
    'normalized': normalized,
    'binary': binary,
    'gru': gru,
    'conv1d': conv1d,
    'separable': separable,
    'multi_io': multi_io,
    'embedding': embedding,
    'po2': po2,
    'activations': activations,
    'time_distributed': time_distributed,
    'distributed_arithmetic': distributed_arithmetic,
    'garnet': garnet,
    'garnet_stack': garnet_stack,
}
KERAS3 = {'keras3_cnn': keras3_cnn, 'hgq2': hgq2}
ONNX = {'qonnx_mlp': qonnx_mlp}
