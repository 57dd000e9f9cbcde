"""Make random small models of Keras 3 and HGQ2 and convert them with hls4ml, to compare the importer with.

    random_keras3.py --out DIR [--seed 1] [--count 100] [--kind KIND...] [--stages] [--compile N] [--jobs 1]

Each model gets a folder with `source.keras`, or now and then `source.h5`, the older format, and what `random_sources.py` says.
`cargo xtask flows DIR --flow import` compares.

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
    import random_keras3_kinds

    return random_keras3_kinds.KINDS | random_hgq2_kinds.KINDS


def make(case):
    """Make one case."""
    import keras
    from random_keras3_kinds import randomise

    keras.utils.set_random_seed(case.seed)
    draw = case.draw
    # few backends and interfaces take different precisions of elements
    is_hgq = case.kind.startswith('q_')
    backend = draw.of(*(random_sources.BACKENDS[:3] if is_hgq else random_sources.BACKENDS))
    io_type = draw.of('io_parallel', 'io_parallel' if is_hgq else 'io_stream')
    model = kinds()[case.kind](draw)
    randomise(model, draw)
    source = case.folder / draw.of('source.keras', 'source.keras', 'source.keras', 'source.h5')
    model.save(source)
    again = keras.models.load_model(source)
    for value, loaded in zip(model.weights, again.weights):
        assert (value.numpy() == loaded.numpy()).all(), 'Keras does not load what it saved'
    config = {'Model': {'Precision': {'default': 'fixed<16,6>'}, 'ReuseFactor': 1}}
    arguments = {'hls_config': config, 'output_dir': 'prj', 'backend': backend, 'io_type': io_type}
    shapes = [(random_sources.SAMPLES, *value.shape[1:]) for value in model.inputs]
    inputs = [draw.numbers().normal(size=shape).astype('float32') for shape in shapes]
    case.convert(model, arguments, inputs)


if __name__ == '__main__':
    random_sources.main(__doc__.splitlines()[0], kinds, register_moved_classes, make)
