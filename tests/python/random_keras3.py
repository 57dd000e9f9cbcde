"""Make random small models of Keras 3 and HGQ2 and convert them with hls4ml, to compare the importer with.

    random_keras3.py --out DIR [--seed 1] [--count 100] [--kind KIND...] [--stages] [--h5] [--compile]
    random_keras3.py --recheck FOLDER...

Each model gets a folder with `source.keras`, the converter's arguments in `config.json`, and `stages.json` with the graph as
the converter built it, and with `--stages` also as it was behind each flow. `cargo xtask flows DIR --flow import` compares.
With `--h5` the model is saved in Keras' older format, as `source.h5`. With `--compile` there are `converted.fml` and, where hls4ml can compile it,
`io.npz` with what it predicts; `case.json` says under `failed` what it cannot do. `--recheck` compiles models in other ways, and notes under
`reproducible` whether hls4ml answers the same: it may read memory that nobody wrote. What hls4ml does not convert has its reason in `failed.txt`. At the
end the classes are printed that hls4ml converts and that no model had.

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

SAMPLES = 16
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
    """Convert and return the model, saving the graph as it is built and, if that is asked for, behind each flow."""
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
        return hls4ml.converters.convert_from_keras_model(source, **arguments)
    finally:
        ModelGraph._make_graph, ModelGraph._apply_sub_flow = make_graph, apply_flow
        (folder / 'stages.json').write_text(json.dumps(stages, indent=1))


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


def record(model, folder, seed):
    """Compile the model in the current directory and predict, or note in the description why not."""
    import goldens
    import numpy as np
    from emulation import WITHOUT_COMPILER

    rng = np.random.default_rng(seed)
    steps = goldens.Steps()
    model.config.config['KerasModel'] = None  # TensorFlow cannot save it in a copy of a process
    has_table = any(layer.class_name == 'Embedding' for layer in model.get_layers())
    inputs = []
    for variable in model.get_input_variables():
        shape = [SAMPLES, *(int(size) for size in variable.shape)]
        inputs.append(np.float32(rng.integers(0, 3, shape) if has_table else rng.normal(0, 1.5, shape)))
    if model.config.backend.name not in WITHOUT_COMPILER:
        goldens.record_predictions(steps, model, inputs, folder, '-O0 -ftrivial-auto-var-init=zero')
    describe(folder, failed=steps.failed)


def recheck(folder):
    """Note whether the answers depend on what is in the memory, or on optimizations."""
    import hls4ml
    import keras
    from random_models import OTHER_FLAGS, answers, in_child

    source = next(folder.glob('source.*'))
    arguments = json.loads((folder / 'config.json').read_text())
    differs = []
    for flags in OTHER_FLAGS[:-1]:
        with tempfile.TemporaryDirectory(prefix='recheck-') as out:
            again = Path(out)
            graph = hls4ml.converters.convert_from_keras_model(keras.models.load_model(source), **arguments)
            shutil.copy(folder / 'io.npz', again / 'recorded.npz')
            ending = in_child(predict_again, graph, again, flags)
            if ending or answers(again, 'y') != answers(folder, 'y'):
                differs.append(f'{flags}: {ending}' if ending else flags)
    describe(folder, reproducible=not differs, differs=differs)
    print(folder.name, '; '.join(differs) or 'reproducible', flush=True)


def predict_again(model, folder, flags):
    """Write what the model answers to the recorded inputs when it is compiled with other flags."""
    import numpy as np
    from containers import write_npz
    from emulation import compile_model, predict

    with np.load(folder / 'recorded.npz') as recorded:
        inputs = [recorded[f'x{index}'] for index in range(len(model.get_input_variables()))]
    model.config.config['KerasModel'] = None
    compile_model(model, 'prj', flags)
    write_npz(folder / 'io.npz', {f'y{index}': answer for index, answer in enumerate(predict(model, inputs))})


def describe(folder, **more):
    """Add to the description of a case."""
    path = folder / 'case.json'
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(known | more))


def classes(model):
    """Return the classes of a model's layers."""
    return {type(layer).__name__ for layer in model._flatten_layers()}


def make_case(folder, kind, seed, args, seen):
    """Make one case; return what failed, if anything did. Classes go to those that were seen."""
    import keras
    from random_hgq2_networks import FINISHED
    from random_keras3_kinds import Draw, randomise
    from random_models import in_child

    keras.utils.set_random_seed(seed)
    draw = Draw(seed)
    folder.mkdir(parents=True)
    # few backends and interfaces take different precisions of elements
    backend = draw.of(*(BACKENDS[:3] if kind.startswith('q_') else BACKENDS))
    io_type = draw.of('io_parallel', 'io_parallel' if kind.startswith('q_') else 'io_stream')
    arguments = {'output_dir': 'prj', 'backend': backend, 'io_type': io_type}
    try:
        model = kinds()[kind](draw)
        seen |= classes(model)
        if kind not in FINISHED:
            randomise(model, draw)
        source = folder / ('source.h5' if args.h5 else 'source.keras')
        model.save(source)
        again = keras.models.load_model(source)
        for value, loaded in zip(model.weights, again.weights):
            assert (value.numpy() == loaded.numpy()).all(), 'Keras does not load what it saved'
        with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):
            config = {'Model': hls_config(draw, backend, kind.startswith('q_'), args.stages)}
            (folder / 'config.json').write_text(
                json.dumps({'hls_config': config, **arguments}, indent=1)
            )
            describe(folder, kind='keras', backend=backend)
            graph = convert(model, {'hls_config': config, **arguments}, folder, args.stages)
        if args.compile:
            save(graph, folder / 'converted.fml')
            ending = in_child(record, graph, folder, seed)
            describe(folder, **({'failed': {'process': ending}} if ending else {}))
    except Exception as error:
        (folder / 'failed.txt').write_text(traceback.format_exc())
        return f'{type(error).__name__}: {error}'
    return None


def main():
    """Make all cases."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=Path)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--count', type=int, default=100)
    parser.add_argument('--kind', nargs='*', default=sorted(kinds()))
    parser.add_argument('--stages', action='store_true')
    parser.add_argument('--h5', action='store_true')
    parser.add_argument('--compile', action='store_true')
    parser.add_argument('--recheck', nargs='+', type=Path)
    args = parser.parse_args()
    register_moved_classes()
    if args.recheck:
        for folder in args.recheck:
            recheck(folder.resolve())
        return
    seen = set()
    for index in range(args.count):
        kind = args.kind[index % len(args.kind)]
        folder = args.out.resolve() / f'{kind}-{args.seed * 100000 + index}'
        shutil.rmtree(folder, ignore_errors=True)
        failed = make_case(folder, kind, args.seed * 100000 + index, args, seen)
        print(folder.name, (failed or 'ok').replace('\n', ' ')[:200], flush=True)
    from hls4ml.converters.keras_v3 import layer_handlers

    known = {name.rpartition('.')[2] for name in layer_handlers}
    print('classes of hls4ml that no model had:', ', '.join(sorted(known - seen)) or 'none')


if __name__ == '__main__':
    main()
