"""Make random small models of Keras 3 and HGQ2 and convert them with hls4ml, to compare the importer with.

    random_keras3.py --out DIR [--seed 1] [--count 100] [--kind KIND...] [--stages] [--h5]

Each model gets a folder with `source.keras`, the converter's arguments in `config.json`, and `stages.json` with the graph as
the converter built it, and with `--stages` also as it was behind each flow. `cargo xtask flows DIR --flow import` compares.
With `--h5` the model is saved in Keras' older format, as `source.h5`. What hls4ml does not convert has its reason in `failed.txt`, and no stages.

Needs `requirements-keras3.txt`.
"""

import argparse
import contextlib
import json
import os
import shutil
import tempfile
import traceback
from pathlib import Path

os.environ.setdefault('KERAS_BACKEND', 'tensorflow')
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')

BACKENDS = ('Vivado', 'Vitis', 'Quartus', 'oneAPI', 'Catapult')


def register_moved_classes():
    """Tell hls4ml 1.3.0 where HGQ2 0.2 has the layers that it knows from an older place."""
    from hls4ml.converters.keras_v3 import layer_handlers

    for name, module in (('QMultiHeadAttention', 'mha'), ('QLinformerAttention', 'linformer')):
        old = next(key for key in layer_handlers if key.endswith('.' + name))
        layer_handlers[f'hgq.layers.attn.{module}.{name}'] = layer_handlers[old]


def mended(value, name, folder):
    """Return a value as hls4ml would save it if it could: arrays in lists become files, too."""
    import numpy as np

    if isinstance(value, np.ndarray):
        np.save(folder / f'{name}.npy', value)
        return f'@ndarray:{name}.npy'
    if isinstance(value, (list, tuple)):
        return [mended(item, f'{name}_{index}', folder) for index, item in enumerate(value)]
    if isinstance(value, (np.bool_, np.integer, np.floating)):
        return value.item()
    return value


def mend(attributes, layer, folder):
    """Do so for what hls4ml stumbles over in the state of a layer."""
    for name, value in list(attributes.items()):
        if isinstance(value, dict):
            mend(value, layer, folder)
        elif callable(value):
            del attributes[name]
        elif type(value).__name__ != 'ndarray':
            attributes[name] = mended(value, f'{layer}_{name}', folder)


def save(model, path):
    """Save the graph with hls4ml, mended."""
    from hls4ml.utils import serialization

    plain = serialization._serialize_array_attrs

    def serialize(attributes, layer, folder):
        mend(attributes, layer, folder)
        plain(attributes, layer, folder)

    from containers import normalise_fml

    serialization._serialize_array_attrs = serialize
    try:
        serialization.serialize_model(model, path)
        normalise_fml(path)
    finally:
        serialization._serialize_array_attrs = plain


def convert(source, arguments, folder, with_flows):
    """Convert, saving the graph as it is built and, if that is asked for, behind each flow."""
    import hls4ml
    from hls4ml.model.graph import ModelGraph

    stages = []
    make_graph, apply_flow = ModelGraph._make_graph, ModelGraph._apply_sub_flow

    def note(model, flow):
        path = folder / f'stage{len(stages)}-{flow.replace(":", "-")}.fml'
        save(model, path)
        stages.append({'flow': flow, 'file': path.name})

    def make(self, layers):
        make_graph(self, layers)
        note(self, 'parsed')

    def apply(self, flow, applied):
        is_done = flow in applied
        apply_flow(self, flow, applied)
        if with_flows and not is_done:
            note(self, flow)

    ModelGraph._make_graph, ModelGraph._apply_sub_flow = make, apply
    try:
        hls4ml.converters.convert_from_keras_model(source, **arguments)
    finally:
        ModelGraph._make_graph, ModelGraph._apply_sub_flow = make_graph, apply_flow
        (folder / 'stages.json').write_text(json.dumps(stages, indent=1))


def kinds():
    """Return the functions for all kinds, by name."""
    import random_hgq2_kinds
    import random_keras3_kinds

    return random_keras3_kinds.KINDS | random_hgq2_kinds.KINDS


def make_case(folder, kind, seed, args):
    """Make one case; return what failed, if anything did."""
    import keras
    from random_keras3_kinds import Draw, randomise

    keras.utils.set_random_seed(seed)
    draw = Draw(seed)
    folder.mkdir(parents=True)
    # few backends and interfaces take different precisions of elements
    backend = draw.of(*(BACKENDS[:3] if kind.startswith('q_') else BACKENDS))
    io_type = draw.of('io_parallel', 'io_parallel' if kind.startswith('q_') else 'io_stream')
    arguments = {'output_dir': 'prj', 'backend': backend, 'io_type': io_type}
    try:
        model = kinds()[kind](draw)
        randomise(model, draw)
        source = folder / ('source.h5' if args.h5 else 'source.keras')
        model.save(source)
        again = keras.models.load_model(source)
        for value, loaded in zip(model.weights, again.weights):
            assert (value.numpy() == loaded.numpy()).all(), 'Keras does not load what it saved'
        with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):
            config = {'Model': {'Precision': {'default': 'fixed<16,6>'}, 'ReuseFactor': 1}}
            (folder / 'config.json').write_text(
                json.dumps({'hls_config': config, **arguments}, indent=1)
            )
            (folder / 'case.json').write_text(json.dumps({'kind': 'keras', 'backend': backend}))
            convert(model, {'hls_config': config, **arguments}, folder, args.stages)
    except Exception as error:
        (folder / 'failed.txt').write_text(traceback.format_exc())
        return f'{type(error).__name__}: {error}'
    return None


def main():
    """Make all cases."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--count', type=int, default=100)
    parser.add_argument('--kind', nargs='*', default=sorted(kinds()))
    parser.add_argument('--stages', action='store_true')
    parser.add_argument('--h5', action='store_true')
    args = parser.parse_args()
    register_moved_classes()
    for index in range(args.count):
        kind = args.kind[index % len(args.kind)]
        folder = args.out.resolve() / f'{kind}-{args.seed * 100000 + index}'
        shutil.rmtree(folder, ignore_errors=True)
        failed = make_case(folder, kind, args.seed * 100000 + index, args)
        print(folder.name, (failed or 'ok').replace('\n', ' ')[:200], flush=True)


if __name__ == '__main__':
    main()
