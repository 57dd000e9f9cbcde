"""Random models of HGQ 1, as the proxies that hls4ml converts; none where HGQ is not installed."""

from keras import Input, Model
from random_keras2_windows import image

try:
    import HGQ
    from HGQ import layers
except ImportError:
    HGQ = None


def proxy(draw, shape, *made):
    """Return the proxy of a model of these layers, with random numbers of bits."""
    x = entry = Input(shape)
    for layer in [layers.HQuantize(), *made]:
        x = layer(x)
    model = Model(entry, x)
    rng = draw.numbers()
    for layer in model.layers:
        for name, most in (('paq', 6), ('kq', 5)):
            if hasattr(layer, name):
                bits = getattr(layer, name).fbw
                bits.assign(rng.uniform(0.5, most, bits.shape).astype('float32'))
    data = rng.normal(size=(100, *shape)).astype('float32')
    HGQ.trace_minmax(model, data, cover_factor=draw.of(1.0, 1.5), verbose=False)
    return HGQ.to_proxy_model(model, aggressive=draw.flag(), unary_lut_max_table_size=draw.of(256, 4096))


def act(draw):
    return draw.of(None, 'relu', 'linear', 'relu')


def hgq_dense(draw):
    made = []
    for _ in range(draw.size(1, 3)):
        made.append(draw.of(layers.HDense, layers.HDenseBatchNorm)(draw.size(), activation=act(draw)))
    return proxy(draw, [draw.size(2, 6)], *made)


def hgq_activation(draw):
    made = [layers.HActivation(draw.of('relu', 'sigmoid', 'tanh', 'softplus', 'elu')), layers.HDense(3)]
    return proxy(draw, [draw.size(2, 6)], *made[: draw.size(1, 2)])


def hgq_conv(draw):
    rank = draw.size(1, 2)
    cls = draw.of(*((layers.HConv1D, layers.HConv1DBatchNorm), (layers.HConv2D, layers.HConv2DBatchNorm))[rank - 1])
    more = {'padding': draw.of('valid', 'same'), 'strides': draw.of(1, 2), 'activation': act(draw)}
    made = [cls(draw.size(1, 3), draw.size(1, 3), **more)]
    made += draw.of([], [layers.PFlatten(), layers.HDense(2)], [layers.PFlatten()])
    return proxy(draw, image(draw, rank), *made)


def hgq_pooling(draw):
    rank = draw.size(1, 2)
    cls = getattr(layers, draw.of('PMaxPool', 'PAvgPool') + f'{rank}D')
    return proxy(draw, image(draw, rank), cls(draw.size(1, 3), padding=draw.of('valid', 'same')))


def hgq_shapes(draw):
    a, b = draw.size(2, 4), draw.size(2, 4)
    made = draw.of([layers.PReshape((b, a))], [layers.PFlatten()], [layers.PReshape((a * b,)), layers.HDense(3)])
    return proxy(draw, [a, b], *made)


FUNCTIONS = hgq_dense, hgq_activation, hgq_conv, hgq_pooling, hgq_shapes
KINDS = {function.__name__: function for function in FUNCTIONS if HGQ}
