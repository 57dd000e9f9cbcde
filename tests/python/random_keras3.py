"""Make random small models of Keras 3 and HGQ2 and convert them with hls4ml, to compare the importer with.

    random_keras3.py --out DIR [--seed 1] [--count 100] [--kind KIND...] [--stages] [--compile N] [--jobs 1]

Each model gets a folder with `source.keras`, or now and then `source.h5`, the older format, and what `random_sources.py` says.
`cargo xtask flows DIR --flow import` compares. At the end the classes are printed that hls4ml converts and that no model had.

Needs `requirements-keras3.txt`.
"""

import os

import random_sources

os.environ.setdefault('KERAS_BACKEND', 'tensorflow')
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')


def register_moved_classes():
    """Tell hls4ml 1.3.0 where HGQ2 0.2 has the layers that it knows from an older place."""
    from hls4ml.converters.keras_v3 import layer_handlers

    for name, module in (('QMultiHeadAttention', 'mha'), ('QLinformerAttention', 'linformer')):
        old = next(key for key in layer_handlers if key.endswith('.' + name))
        layer_handlers[f'hgq.layers.attn.{module}.{name}'] = layer_handlers[old]


def kinds():
    """Return the functions for all kinds, by name."""
    import random_hgq2_kinds
    import random_hgq2_networks
    import random_hgq2_options
    import random_keras3_images
    import random_keras3_kinds

    modules = (random_keras3_kinds, random_keras3_images, random_hgq2_kinds, random_hgq2_options, random_hgq2_networks)
    return {name: function for module in modules for name, function in module.KINDS.items()}


def hls_config(draw, backend, is_quantized, with_flows):
    """Return a random configuration for all layers. Precisions of quantized models are derived, whatever is said."""
    strategies = ['Latency', 'Latency', 'Resource']
    if backend in ('Vivado', 'Vitis') and not with_flows:  # hls4rs does not make the code that belongs to it
        strategies.append('distributed_arithmetic')
    precision = draw.of('fixed<16,6>', 'fixed<1,0>' if is_quantized else 'fixed<18,8>')
    return {'Precision': {'default': precision}, 'ReuseFactor': draw.of(1, 1, 2, 4), 'Strategy': draw.of(*strategies)}


def inputs_of(model, draw):
    """Return random inputs, which are words where there is an embedding."""
    import numpy as np

    numbers = draw.numbers()
    has_words = any('Embedding' in type(layer).__name__ for layer in model._flatten_layers())
    shapes = [(random_sources.SAMPLES, *value.shape[1:]) for value in model.inputs]
    arrays = [numbers.integers(0, 3, shape) if has_words else numbers.normal(0, 1.5, shape) for shape in shapes]
    return [np.float32(array) for array in arrays]


def make(case):
    """Make one case."""
    import keras
    from random_hgq2_networks import FINISHED
    from random_keras3_kinds import randomise

    keras.utils.set_random_seed(case.seed)
    draw = case.draw
    # few backends and interfaces take different precisions of elements
    is_hgq = case.kind.startswith('q_')
    backend = draw.of(*(random_sources.BACKENDS[:3] if is_hgq else random_sources.BACKENDS))
    io_type = draw.of('io_parallel', 'io_parallel' if is_hgq else 'io_stream')
    model = kinds()[case.kind](draw)
    case.classes = sorted({type(layer).__name__ for layer in model._flatten_layers()})
    if case.kind not in FINISHED:
        randomise(model, draw)
    source = case.folder / draw.of('source.keras', 'source.keras', 'source.keras', 'source.h5')
    model.save(source)
    again = keras.models.load_model(source)
    for value, loaded in zip(model.weights, again.weights):
        assert (value.numpy() == loaded.numpy()).all(), 'Keras does not load what it saved'
    config = {'Model': hls_config(draw, backend, is_hgq, case.with_flows)}
    arguments = {'hls_config': config, 'output_dir': 'prj', 'backend': backend, 'io_type': io_type}
    case.convert(model, arguments, inputs_of(model, draw))


def print_unseen(folders):
    """Print the classes that hls4ml converts and that no model had."""
    from hls4ml.converters.keras_v3 import layer_handlers

    seen = {name for folder in folders for name in random_sources.known(folder).get('classes', [])}
    registered = {name.rpartition('.')[2] for name in layer_handlers}
    print('classes of hls4ml that no model had:', ', '.join(sorted(registered - seen)) or 'none')


if __name__ == '__main__':
    random_sources.main(__doc__.splitlines()[0], kinds, register_moved_classes, make, print_unseen)
