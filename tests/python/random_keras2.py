"""Make random small models of Keras 2, QKeras and HGQ and convert them with hls4ml, to compare conversions with.

    random_keras2.py --out DIR [--seed 1] [--count 100] [--kind KIND...] [--stages] [--compile N] [--jobs 1]

Each model gets a folder with `source.h5`, and what `random_sources.py` says. The configuration is one as users write it:
a few options for the whole model, or what hls4ml proposes for each type or layer with some of that changed.
`cargo xtask flows DIR` compares.

Needs `requirements-keras.txt`.
"""

import json
import os

import random_sources

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')

PRECISIONS = ('fixed<16,6>', 'ap_fixed<18,8>', 'fixed<12,5,RND,SAT>', 'ufixed<10,4>', 'ac_fixed<20,9,true>', 'fixed<24,12>')
RESULTS = (*PRECISIONS, 'int<9>', 'fixed<8,3,TRN,SAT_SYM>', 'auto')
STRATEGIES = ('Latency', 'Resource', 'latency', 'resource', 'Resource_Unrolled')


def kinds():
    """Return the functions for all kinds, by name."""
    import random_hgq_kinds
    import random_keras2_kinds
    import random_keras2_windows
    import random_qkeras_kinds

    known = random_keras2_kinds.KINDS | random_keras2_windows.KINDS
    return known | random_qkeras_kinds.KINDS | random_hgq_kinds.KINDS


def preload():
    """Import what every case needs, once; not HGQ, which starts threads of TensorFlow that copies of this process lack."""
    import hls4ml  # noqa: F401
    import qkeras  # noqa: F401


def randomise(model, draw):
    """Give all weights random values; variances are positive."""
    import numpy as np

    rng = draw.numbers()
    for layer in model.layers:
        if not hasattr(layer, 'paq') and 'FixedPointQuantizer' not in type(layer).__name__:
            values = [(weight.name, rng.normal(size=weight.shape)) for weight in layer.weights]
            layer.set_weights([np.abs(value) + 0.1 if 'variance' in name else value for name, value in values])


def for_the_model(draw):
    """Return options for the whole model."""
    precision = draw.of(*PRECISIONS)
    if draw.flag():
        precision = {'default': precision} | ({'maximum': 'fixed<20,10>'} if draw.flag() else {})
    model = {'Precision': precision, 'ReuseFactor': draw.of(1, 1, 2, 4)}
    if draw.flag():
        model['Strategy'] = draw.of(*STRATEGIES)
    if draw.of(True, False, False):
        model['TraceOutput'] = True
    config = {'Model': model}
    if draw.of(True, False, False):
        config['LayerType'] = {draw.of('Dense', 'Activation', 'Conv2D', 'Input'): {'Precision': draw.of(*PRECISIONS)}}
    return config


def for_parts(model, draw, backend):
    """Return what hls4ml proposes for each type or layer, with some of that changed."""
    import hls4ml

    config = hls4ml.utils.config_from_keras_model(
        model,
        granularity=draw.of('type', 'name', 'name'),
        backend=draw.of(backend, backend, None),
        default_precision=draw.of('fixed<16,6>', 'fixed<18,8>', 'ap_fixed<12,4,AP_RND,AP_SAT>'),
        default_reuse_factor=draw.of(1, 1, 2, 3),
        max_precision=draw.of(None, None, 'fixed<20,10>'),
    )
    config['Model']['Strategy'] = draw.of('Latency', 'Resource')
    for options in (config.get('LayerType') or config['LayerName']).values():
        for slot in options.get('Precision', {}):
            if draw.rng.random() < 0.1:
                options['Precision'][slot] = draw.of(*(RESULTS if slot == 'result' else PRECISIONS))
        if 'Strategy' in options and draw.flag():
            options['Strategy'] = draw.of(*STRATEGIES)
        changes = {'ReuseFactor': (1, 2, 4, 6), 'ParallelizationFactor': (1, 2), 'TableSize': (512, 2048), 'Trace': (True,)}
        for key, values in changes.items():
            if key in options and draw.rng.random() < 0.3:
                options[key] = draw.of(*values)
    return config


def arguments_of(model, case):
    """Return the converter's arguments."""
    draw = case.draw
    backend, io_type = draw.of(*random_sources.BACKENDS), draw.of('io_parallel', 'io_stream')
    if case.kind.startswith('hgq_'):  # few backends and interfaces take different precisions of elements
        backend, io_type = draw.of('Vivado', 'Vitis', backend), draw.of('io_parallel', io_type)
        config = {'Model': {'Precision': draw.of('fixed<1,0>', 'fixed<16,6>'), 'ReuseFactor': 1, 'Strategy': 'Latency'}}
    else:
        try:
            config = for_the_model(draw) if draw.flag() else for_parts(model, draw, backend)
        except Exception:  # what hls4ml proposes nothing for has to be refused by its converter, too
            config = for_the_model(draw)
    arguments = {'hls_config': config, 'output_dir': 'prj', 'backend': backend, 'io_type': io_type}
    if draw.rng.random() < 0.2:
        arguments['clock_period'] = draw.of(4, 10)
    if draw.rng.random() < 0.1:
        arguments['project_name'] = 'tagger'
    return json.loads(json.dumps(arguments))


def make(case):
    """Make one case."""
    import keras

    keras.utils.set_random_seed(case.seed)
    model = kinds()[case.kind](case.draw)
    randomise(model, case.draw)
    model.save(case.folder / 'source.h5', save_format='h5')
    arguments = arguments_of(model, case)
    rng = case.draw.numbers()
    shapes = [[random_sources.SAMPLES, *(size or 1 for size in value.shape[1:])] for value in model.inputs]
    inputs = [2 * rng.normal(size=shape).astype('float32') for shape in shapes]
    if case.kind == 'embedding':  # the smallest of them has five words
        inputs = [abs(array).round() % 5 for array in inputs]
    case.convert(model, arguments, inputs)


if __name__ == '__main__':
    random_sources.main(__doc__.splitlines()[0], kinds, preload, make)
