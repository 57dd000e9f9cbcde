"""Random models of HGQ2, a function for each kind."""

import keras
from hgq import layers
from hgq.config import QuantizerConfig
from random_keras3_kinds import act, chain, image, window

ROUNDING = ('RND', 'RND', 'RND_CONV', 'TRN', 'S_RND', 'S_RND_CONV')
OVERFLOW = ('WRAP', 'SAT', 'SAT_SYM')


def quantizer(draw, place='datalane', **more):
    """Return a random quantizer; those with floating point do not work in HGQ2 0.2."""
    kind = draw.of('kbi', 'kif')
    options = {'round_mode': draw.of(*ROUNDING), 'overflow_mode': draw.of(*OVERFLOW)}
    if place == 'datalane' and draw.flag():
        options |= draw.of({'heterogeneous_axis': ()}, {'homogeneous_axis': (0, -1)})
    if place in ('weight', 'bias') and draw.flag():
        options |= {'heterogeneous_axis': draw.of((), (-1,))}
    if place in ('weight', 'bias') and draw.size(1, 4) == 1:
        options |= {'scaler': 0.75}
    return QuantizerConfig(kind, place, **options | more)


def common(draw):
    """Return what all layers take."""
    return {'enable_ebops': draw.of(True, True, False)} if draw.flag() else {}


def around(draw):
    """Return quantizers before and behind a layer."""
    made = common(draw)
    if draw.flag():
        made |= {'iq_conf': quantizer(draw)}
    elif draw.flag():
        made |= {'enable_iq': False}
    if draw.flag():
        made |= {'enable_oq': True, 'oq_conf': quantizer(draw)}
    return made


def weights(draw):
    """Return quantizers of weights, too."""
    made = around(draw)
    if draw.flag():
        made |= {'kq_conf': quantizer(draw, 'weight')}
    if draw.flag():
        made |= {'bq_conf': quantizer(draw, 'bias')}
    return made


def q_dense(draw):
    shape = [draw.size() for _ in range(draw.size(1, 3))]
    made = [layers.QDense(draw.size(), activation=act(draw), use_bias=draw.flag(), **weights(draw)) for _ in range(2)]
    return chain(draw, shape, *made)


def q_batch_norm_dense(draw):
    shape = [draw.size() for _ in range(draw.size(1, 2))]
    return chain(draw, shape, layers.QBatchNormDense(draw.size(), scale=draw.flag(), **weights(draw)))


EQUATIONS = (
    ('abc,cd->abd', 'd', lambda a, b, d: (a, d)),
    ('abc,cd->adb', 'd', lambda a, b, d: (d, a)),
    ('...x,xy->...y', 'y', lambda a, b, d: d),
    ('abc,bcd->ad', 'd', lambda a, b, d: d),
    ('abc,bcde->ade', 'de', lambda a, b, d: (d, 2)),
)


def q_einsum_dense(draw):
    a, b, d = (draw.size(2, 4) for _ in range(3))
    equation, axes, out = draw.of(*EQUATIONS)
    more = {'bias_axes': draw.of(axes, None), 'activation': act(draw)} | weights(draw)
    return chain(draw, [a, b], layers.QEinsumDense(equation, out(a, b, d), **more))


def q_einsum_dense_batchnorm(draw):
    a, b, d = (draw.size(2, 4) for _ in range(3))
    equation, axes, out = draw.of(*EQUATIONS)
    return chain(draw, [a, b], layers.QEinsumDenseBatchnorm(equation, out(a, b, d), bias_axes=axes, **weights(draw)))


def q_conv(draw):
    rank = draw.size(1, 2)
    cls = layers.QConv1D if rank == 1 else layers.QConv2D
    more = {'activation': act(draw), 'use_bias': draw.flag()} | window(draw, rank) | weights(draw)
    if rank == 2:
        more['parallelization_factor'] = draw.of(-1, 1)
    return chain(draw, image(draw, rank), cls(draw.size(), draw.size(1, 4), **more))


def q_batch_norm(draw):
    shape = [draw.size(2, 5) for _ in range(draw.size(1, 3))]
    more = {'center': draw.flag(), 'scale': draw.flag(), 'epsilon': draw.of(1e-3, 1e-5)} | weights(draw)
    return chain(draw, shape, layers.QBatchNormalization(**more))


def q_merge(draw):
    shape = [draw.size(2, 4) for _ in range(draw.size(1, 3))]
    first, second = keras.Input(shape), keras.Input(shape)
    cls = draw.of('QAdd', 'QSubtract', 'QMultiply', 'QAveragePow2', 'QMaximum', 'QMinimum')
    more = common(draw)
    if draw.flag():
        more |= {'iq_confs': draw.of(quantizer(draw), [quantizer(draw), quantizer(draw)])}
    if draw.flag():
        more |= {'enable_oq': True, 'oq_conf': quantizer(draw)}
    out = getattr(layers, cls)(**more)([first, second])
    if draw.flag():
        out = layers.QAdd()([out, draw.of(first, out)])
    return keras.Model([first, second], out)


def q_dot(draw):
    inputs = [keras.Input([4]), keras.Input([4])]
    return keras.Model(inputs, layers.QDot(axes=draw.of(1, -1))(inputs))


def q_einsum(draw):
    a, b, c, d = (draw.size(2, 4) for _ in range(4))
    equation, first, second = draw.of(
        ('abc,acd->abd', (b, c), (c, d)),
        ('abc,adc->abd', (b, c), (d, c)),
        ('ab,ac->abc', (b,), (c,)),
        ('abc,acb->a', (b, c), (c, b)),
        ('...bc,...cd->...bd', (a, b, c), (a, c, d)),
    )
    inputs = [keras.Input(first), keras.Input(second)]
    more = draw.of({}, {'enable_iq': False}) | common(draw)
    return keras.Model(inputs, layers.QEinsum(equation, **more)(inputs))


def q_pooling(draw):
    rank = draw.size(1, 2)
    name = draw.of('QMaxPooling', 'QAveragePooling', 'QGlobalMaxPooling', 'QGlobalAveragePooling')
    more = around(draw)
    if 'Global' in name:
        more |= {'keepdims': draw.flag()}
    else:
        more |= {'pool_size': draw.size(2, 3), 'padding': draw.of('valid', 'same'), 'strides': draw.of(None, 1, 2)}
    return chain(draw, image(draw, rank), getattr(layers, f'{name}{rank}D')(**more))


def table(draw, place):
    """Return a quantizer with one format."""
    return quantizer(draw, place, heterogeneous_axis=(), homogeneous_axis=None)


def q_softmax(draw):
    shape = [draw.size(2, 5) for _ in range(draw.size(1, 3))]
    rank = len(shape)
    more = {'axis': draw.of(-1, draw.size(1, rank), tuple(range(1, rank + 1)), (rank,)), 'stable': draw.flag()}
    for key, place in (('exp_iq', 'datalane'), ('exp_oq', 'table'), ('inv_iq', 'datalane'), ('inv_oq', 'table')):
        if draw.flag():
            more[f'{key}_conf'] = quantizer(draw, place)
    if draw.flag():
        more |= {'enable_iq': True, 'iq_conf': quantizer(draw)}
    if draw.flag():
        more |= {'enable_oq': True, 'oq_conf': quantizer(draw)}
    return chain(draw, shape, layers.QSoftmax(**more, input_scaler=draw.of(1.0, 0.5)))


def q_table(draw):
    function = draw.of(
        *('relu', 'sigmoid', 'tanh', 'softplus', 'softsign', 'elu', 'selu', 'exponential', 'gelu', 'silu'),
        *('hard_sigmoid', 'leaky_relu', 'mish', 'celu', 'hard_silu', 'log_sigmoid', 'hard_tanh', 'relu6', 'linear'),
        *('tanh_shrink', 'soft_shrink', 'hard_shrink', 'squareplus', 'sparse_sigmoid'),
    )
    more = {'iq_conf': quantizer(draw), 'oq_conf': quantizer(draw, 'table'), 'allow_heterogeneous_table': False}
    return chain(draw, [draw.size()], layers.QUnaryFunctionLUT(function, **more))


def q_quantizer(draw):
    shape = [draw.size(2, 5) for _ in range(draw.size(1, 3))]
    return chain(draw, shape, layers.Quantizer(quantizer(draw)), layers.Quantizer())


def q_attention(draw):
    shape = [draw.size(2, 4), draw.size(2, 4)]
    query, value = keras.Input(shape), keras.Input([draw.size(2, 4), shape[1]])
    more = {'use_bias': draw.flag(), 'stable_softmax': draw.flag(), 'fuse': draw.of('none', 'none', 'qkv', 'kv')}
    for key, place in (('qkvo_iq', 'datalane'), ('qkvo_kq', 'weight'), ('qkvo_bq', 'bias'), ('qkvo_oq', 'datalane')):
        if draw.flag():
            more[f'{key}_conf'] = quantizer(draw, place)
    if draw.flag():
        more |= {'value_dim': draw.size()}
    if draw.flag():
        more |= {'output_shape': draw.size()}
    if draw.flag():
        more |= {'enable_iq': False}
    layer = layers.QMultiHeadAttention(draw.size(1, 3), draw.size(2, 4), **more | common(draw))
    if more['fuse'] == 'qkv':
        return keras.Model(query, layer(query, query))
    out = draw.of(lambda: layer(query, value), lambda: layer(query=query, value=value, key=value))()
    return keras.Model([query, value], out)


def q_linformer(draw):
    shape = [draw.size(3, 5), draw.size(2, 4)]
    query, value = keras.Input(shape), keras.Input(shape)
    more = {'share_kv_proj': draw.flag(), 'use_bias': draw.flag()} | common(draw)
    layer = layers.QLinformerAttention(draw.size(1, 3), 2, draw.size(2, 4), **more)
    return keras.Model([query, value], layer(query, value))


def q_shared(draw):
    layer, other = layers.QDense(4, **weights(draw)), layers.QDense(3)
    first = keras.Input([4])
    out = layer(layer(first))
    return keras.Model(first, [out, other(first), layers.QAdd()([out, first])])


KINDS = {
    function.__name__: function
    for function in (
        q_dense,
        q_batch_norm_dense,
        q_einsum_dense,
        q_einsum_dense_batchnorm,
        q_conv,
        q_batch_norm,
        q_merge,
        q_dot,
        q_einsum,
        q_pooling,
        q_softmax,
        q_table,
        q_quantizer,
        q_attention,
        q_linformer,
        q_shared,
    )
}
