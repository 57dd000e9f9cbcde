"""Check that `hls4rs config` writes what hls4ml's `config_from_keras_model` and `config_from_onnx_model` write.

    configurations.py --hls4rs PROGRAM [--kind h5|keras|onnx] [--part NAME] DIR...

The sources are `source.h5`, `source.keras` and `source.onnx` in the folders below DIR. Each is read at every granularity and
for every backend; values and the order of keys must be equal, and what hls4ml refuses has to be refused. One line
is printed per difference, then the counts. The exit status is 1 if something differs.

`.h5` needs `requirements-keras.txt`, `.onnx` `requirements-onnx.txt`, `.keras` Keras 3 and HGQ2.
"""

import argparse
import contextlib
import io
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')

GRANULARITIES = ('model', 'type', 'name')
BACKENDS = ('Vivado', 'VivadoAccelerator', 'Vitis', 'Quartus', 'Catapult', 'oneAPI', 'Libero')


def load_h5(path):
    from qkeras.utils import load_qmodel

    try:
        return load_qmodel(str(path), compile=False)
    except ValueError:
        return architecture_of(path)


class Architecture(dict):
    """The architecture of a model whose classes are not installed; hls4ml takes that, too."""


def architecture_of(path):
    """Read the architecture in a file."""
    import h5py

    with h5py.File(path) as file:
        # files name the package in front of the class, models in memory do not
        architecture = Architecture(json.loads(file.attrs['model_config'].replace('HGQ>', '')))
    architecture.path = path
    return architecture


@contextlib.contextmanager
def reader_of(model):
    """Have hls4ml read the weights beside an architecture from its file, as long as this lasts."""
    import hls4ml
    from hls4ml.converters.keras_v2_to_hls import KerasFileReader

    if not isinstance(model, Architecture):
        yield
        return
    usual = hls4ml.converters.KerasModelReader
    hls4ml.converters.KerasModelReader = lambda _: KerasFileReader({'KerasH5': str(model.path)})
    try:
        yield
    finally:
        hls4ml.converters.KerasModelReader = usual


def load_keras(path):
    import keras

    with contextlib.suppress(ImportError):
        import hgq  # noqa: F401  registers its classes
    return keras.models.load_model(path, compile=False)


def load_onnx(path):
    import onnx

    return onnx.load(path)


def configure(model, kind, granularity, backend):
    from hls4ml.utils.config import config_from_keras_model, config_from_onnx_model

    function = config_from_onnx_model if kind == 'onnx' else config_from_keras_model
    with contextlib.redirect_stdout(io.StringIO()), reader_of(model):
        return function(model, granularity=granularity, backend=backend, default_reuse_factor=2)


def ours(program, source, granularity, backend):
    command = [program, 'config', str(source), '--granularity', granularity, '--backend', backend]
    done = subprocess.run([*command, '--reuse-factor', '2'], capture_output=True, text=True)
    if done.returncode != 0:
        return done.stderr.strip()
    return numbered(json.loads(done.stdout)['hls_config'])


def numbered(config):
    """Number quantizers of HGQ2 from 0: a model that was loaded numbers them anew, as it comes."""
    if 'LayerName' not in config:
        return config
    names, count = {}, itertools.count()
    for name in config['LayerName']:
        names[name] = f'quantizer_{next(count)}' if re.fullmatch(r'quantizer(_\d+)?', name) else name
    return config | {'LayerName': {names[name]: entry for name, entry in config['LayerName'].items()}}


def first_difference(expected, found, place=''):
    """Return where two values differ first, or None."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if list(expected) != list(found):
            return f'{place}: expected keys {list(expected)}, found {list(found)}'
        steps = ((expected[key], found[key], f'{place}.{key}') for key in expected)
        return next(filter(None, (first_difference(*step) for step in steps)), None)
    if type(expected) is type(found) and expected == found:
        return None
    return f'{place}: expected {expected!r}, found {found!r}'


def refused(arguments, source, of, error, counts):
    """Count what hls4ml or its frameworks refuse: hls4rs has to refuse it, too."""
    is_agreed = isinstance(ours(arguments.hls4rs, source, *of), str)
    counts['refused by both' if is_agreed else 'different'] += 1
    who = 'refused by both' if is_agreed else 'refused by hls4ml alone'
    print(f'{source.parent.name}, {", ".join(of)}: {who}: {type(error).__name__}: {str(error)[:120]}')


def check(arguments, source, kind, counts):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            model = {'h5': load_h5, 'keras': load_keras, 'onnx': load_onnx}[kind](source)
    except Exception as error:
        refused(arguments, source, ('name', 'Vivado'), error, counts)
        return
    for granularity, backend in itertools.product(GRANULARITIES, BACKENDS):
        name = f'{source.parent.name}, {granularity}, {backend}'
        try:
            expected = numbered(json.loads(json.dumps(configure(model, kind, granularity, backend))))
        except Exception as error:
            refused(arguments, source, (granularity, backend), error, counts)
            continue
        difference = first_difference(expected, ours(arguments.hls4rs, source, granularity, backend))
        counts['equal' if difference is None else 'different'] += 1
        if difference is not None:
            print(f'{name}: {difference[:600]}')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--hls4rs', required=True)
    parser.add_argument('--kind', choices=('h5', 'keras', 'onnx'))
    parser.add_argument('--part', default='')
    parser.add_argument('folders', nargs='+', type=Path)
    arguments = parser.parse_args()
    counts = dict.fromkeys(('equal', 'different', 'refused by both'), 0)
    for kind in [arguments.kind] if arguments.kind else ['h5', 'keras', 'onnx']:
        for folder in arguments.folders:
            for source in sorted(folder.glob(f'*/source.{kind}')):
                if arguments.part in source.parent.name:
                    check(arguments, source, kind, counts)
    print(', '.join(f'{count} {name}' for name, count in counts.items()))
    if counts['different'] or not counts['equal']:
        sys.exit(1)


if __name__ == '__main__':
    main()
