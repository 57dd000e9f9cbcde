"""Random layers of HGQ2 with rarer options, and of classes that HGQ2 0.2 does not have or cannot build."""

import keras
from hgq import layers
from hgq.config import QuantizerConfig
from hgq.layers.core.base import QLayerBaseSingleInput
from hgq.layers.ops.merge import QMerge
from hgq.quantizer import config as quantizer_config
from hgq.quantizer.config import HardSigmoidConfig, HardTanhConfig
from random_hgq2_kinds import around, common, quantizer, table, weights
from random_keras3_kinds import FUNCTIONS, act, chain, image, window


def no_ebops(self, *shapes):
    return keras.ops.cast(0, 'float32')


# hls4ml knows these two, which HGQ2 0.2 does not have
class QActivation(QLayerBaseSingleInput):
    """A function behind a quantizer."""

    __module__ = 'hgq.layers.activation'
    _compute_ebops = no_ebops

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.activation = keras.activations.get(activation)

    def call(self, inputs, training=None):
        return self.activation(self.iq(inputs, training=training) if self.enable_iq else inputs)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {'activation': keras.activations.serialize(self.activation)}


class QAverage(QMerge, keras.layers.Average):
    """The mean of two tensors behind quantizers."""

    __module__ = 'hgq.layers.ops.merge'
    _compute_ebops = no_ebops


class FloatPointQuantizer(quantizer_config.FloatPointQuantizer):
    """The quantizer without an argument that the one of HGQ2 0.2 gets, and does not take."""

    def __init__(self, *args, is_weight=None, **kwargs):
        super().__init__(*args, **kwargs)


quantizer_config.FloatPointQuantizer = FloatPointQuantizer


def q_activation(draw):
    shape = [draw.size(2, 5) for _ in range(draw.size(1, 3))]
    return chain(draw, shape, QActivation(draw.of(*FUNCTIONS), **around(draw)))


def q_average(draw):
    shape = [draw.size(2, 4) for _ in range(draw.size(1, 3))]
    inputs = [keras.Input(shape) for _ in range(draw.of(2, 2, 2, 3))]
    more = common(draw) | draw.of({}, {'enable_oq': True, 'oq_conf': quantizer(draw)}, {'enable_iq': False})
    return keras.Model(inputs, draw.of(QAverage, layers.QAveragePow2)(**more)(inputs))


def floats(draw, place):
    """Return a quantizer with floating point."""
    bits = {'m0': draw.size(1, 4), 'e0': draw.size(1, 4), 'e00': draw.size(-2, 2)}
    axes = draw.of({'heterogeneous_axis': (), 'homogeneous_axis': None}, {'homogeneous_axis': (), 'heterogeneous_axis': None})
    return QuantizerConfig('float', place, **bits, **axes)


def q_float(draw):
    more = {'kq_conf': floats(draw, 'weight'), 'bq_conf': draw.of(floats(draw, 'bias'), quantizer(draw, 'bias'))}
    if draw.size(1, 4) == 1:
        more |= {'iq_conf': floats(draw, 'datalane')}
    rank = draw.size(1, 2)
    made = draw.of(
        layers.QDense(3, **more),
        layers.QEinsumDense('...c,cd->...d', 3, bias_axes='d', **more),
        getattr(layers, f'QConv{rank}D')(2, 2, **more),
        layers.QBatchNormalization(**more),
    )
    return chain(draw, image(draw, rank), made)


def q_hard(draw):
    """Return a layer with quantizers of the range of a function; an affine one for weights only, as hls4ml does not look at that."""
    config = draw.of(HardTanhConfig, HardSigmoidConfig)
    more = {draw.of('kq_conf', 'bq_conf'): config(place='weight', homogeneous_axis=())}
    more |= draw.of({}, {'iq_conf': HardTanhConfig()})
    return chain(draw, [draw.size(), draw.size()], layers.QDense(3, **more), layers.Quantizer(HardTanhConfig()))


def q_conv_options(draw):
    rank = draw.size(1, 2)
    cls = layers.QConv1D if rank == 1 else layers.QConv2D
    more = {'activation': act(draw), 'parallelization_factor': draw.of(-1, 1, 2), **window(draw, rank), **weights(draw)}
    strides = tuple(draw.size(1, 3) for _ in range(rank))
    size = tuple(draw.size(1, 4) for _ in range(rank))
    more |= draw.of({}, {'strides': strides}, {'data_format': 'channels_first'}) | draw.of({}, {'ebops_factor': 0.5})
    return chain(draw, image(draw, rank), cls(draw.size(), size, **more))


def q_dense_options(draw):
    shape = [draw.size(2, 4) for _ in range(draw.size(2, 4))]
    more = {'parallelization_factor': draw.of(-1, 1, 2), 'activation': draw.of(None, 'relu', 'tanh')} | weights(draw)
    return chain(draw, shape, layers.QDense(draw.size(), **more))


def q_pooling_options(draw):
    rank = draw.size(1, 2)
    name = draw.of('QMaxPooling', 'QAveragePooling')
    sizes = [tuple(draw.size(1, 3) for _ in range(rank)) for _ in range(2)]
    more = around(draw) | {'pool_size': sizes[0], 'strides': sizes[1], 'padding': draw.of('same', 'valid')}
    more |= {'data_format': draw.of('channels_last', 'channels_last', 'channels_first')}
    return chain(draw, image(draw, rank), getattr(layers, f'{name}{rank}D')(**more))


def q_volume(draw):
    name = draw.of('QMaxPooling3D', 'QAveragePooling3D', 'QGlobalMaxPooling3D', 'QGlobalAveragePooling3D')
    more = {} if 'Global' in name else {'pool_size': 2}
    return chain(draw, [3, 4, 3, 2], getattr(layers, name)(**more))


def q_fine_table(draw):
    function = draw.of('sigmoid', 'tanh', 'exponential', 'softplus', 'gelu', 'silu', 'mish', 'selu', 'elu', 'log_sigmoid')
    fine = {'heterogeneous_axis': (), 'homogeneous_axis': None, 'round_mode': draw.of('RND', 'RND_CONV', 'TRN')}
    entry = QuantizerConfig('kif', 'datalane', i0=draw.size(1, 3), f0=draw.size(4, 7), overflow_mode='SAT', **fine)
    out = QuantizerConfig('kif', 'table', i0=draw.size(0, 6), f0=draw.size(8, 11), overflow_mode='SAT', **fine)
    made = layers.QUnaryFunctionLUT(function, iq_conf=entry, oq_conf=out, allow_heterogeneous_table=False)
    return chain(draw, [draw.size()], made)


def q_attention_options(draw):
    shape = [draw.size(2, 3) for _ in range(draw.of(1, 1, 2))] + [draw.size(2, 4)]
    query = keras.Input(shape)
    more = {'dropout': draw.of(0.0, 0.1), 'value_dim': draw.of(None, 3), 'output_shape': draw.of(None, 2, (2, 3))}
    more |= {'parallelization_factor': draw.of(-1, 1), 'stable_softmax': draw.flag()}
    more |= draw.of({}, {'attention_axes': tuple(range(1, len(shape)))}, {'softmax_iq_conf': quantizer(draw)})
    for key, place in (('exp_iq', 'datalane'), ('exp_oq', 'table'), ('inv_iq', 'datalane'), ('inv_oq', 'table')):
        if draw.flag():
            more[f'softmax_{key}_conf'] = table(draw, place)
    layer = layers.QMultiHeadAttention(draw.size(1, 2), 2, **more)
    return keras.Model(query, layer(query, draw.of(query, layers.QDense(shape[-1])(query))))


def q_linformer_options(draw):
    shape = [draw.size(3, 5), draw.size(2, 4)]
    query, value, key = (keras.Input(shape) for _ in range(3))
    more = {'value_dim': draw.of(None, 3), 'stable_softmax': draw.flag()}
    layer = layers.QLinformerAttention(2, draw.size(1, 2), 2, share_kv_proj=draw.flag(), **more)
    if draw.flag():
        return keras.Model([query, value, key], layer(query, value, key))
    return keras.Model(query, layer(query, query))


KINDS = {
    function.__name__: function
    for function in (
        q_activation,
        q_average,
        q_float,
        q_hard,
        q_conv_options,
        q_dense_options,
        q_pooling_options,
        q_volume,
        q_fine_table,
        q_attention_options,
        q_linformer_options,
    )
}
