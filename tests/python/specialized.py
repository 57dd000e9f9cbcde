"""Ask hls4ml's own objects what the models of the golden files are in C++.

    specialized.py --suite keras|onnx --out DIR [--only NAME]

The models are converted as `goldens.py` does it. `DIR` gets

- `CASE.json`: of every layer the types with their C++ definitions; of outputs name, kind, type, pragma and pack factor; of
  weights name, type, storage and class; and how the project is scheduled,
- `CASE.fml`, for the cases of `BEFORE` and `EXTRA`: what hls4ml saves before it gives layers the backend's types.

`--only` takes the name of a case or of a model. The environments are those of `goldens.py`.
"""

import argparse
import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path

from containers import normalise_fml
from goldens import SUITES, Case, build, convert

# The backend whose flows a backend applies, where it is another one.
FLOWS_OF = {'Vitis': 'vivado', 'VivadoAccelerator': 'vivado'}
BEFORE = (
    'conv1d-catapult-io_stream',
    'conv1d-quartus-io_parallel',
    'lstm-quartus-io_parallel',
    'lstm-vitis-io_parallel',
    'mlp-oneapi-io_stream',
    'multi_io-quartus-io_parallel',
    'po2-vitis-io_stream',
    'qkeras_cnn-vivado-io_stream',
    'qonnx_mlp-quartus-io_stream',
    'residual-vivado-io_stream',
    'separable-catapult-io_stream',
)

# Backends that have no golden files: hls4ml cannot save models for Libero.
EXTRA = [
    Case('residual', 'Libero', 'io_parallel'),
    Case('residual', 'Libero', 'io_stream'),
    Case('qkeras_cnn', 'Libero', 'io_parallel'),
    Case('binary', 'Libero', 'io_stream'),
    Case('multi_io', 'Libero', 'io_parallel'),
    Case('qkeras_cnn', 'VivadoAccelerator', 'io_parallel'),
    Case('lstm', 'VivadoAccelerator', 'io_parallel'),
    Case('multi_io', 'VivadoAccelerator', 'io_stream'),
]


def definition(atype):
    """Return the C++ definition of a type, or why there is none."""
    try:
        return atype.definition_cpp()
    except NotImplementedError as error:
        return {'failed': str(error)}


def kind(variable, backend):
    """Return the kind of a variable: the class that defines it in C++, without what all of these have in their names."""
    names = [cls.__name__ for cls in type(variable).__mro__]
    name = next(name for name in names if name.endswith('VariableDefinition') and name != 'VariableDefinition')
    for prefix in (*FLOWS_OF.values(), backend):
        if name.lower().startswith(prefix.lower()):
            name = name[len(prefix) :]
    return name.removesuffix('VariableDefinition')


def describe_variable(variable, backend):
    """Return what an output is in C++."""
    pragma = variable.pragma
    return {
        'name': variable.name,
        'kind': kind(variable, backend),
        'type': definition(variable.type),
        'pragma': [pragma[0], int(pragma[1])] if isinstance(pragma, tuple) else pragma,
        'n_pack': getattr(variable.type, 'n_pack', None),
    }


def describe_weight(weight):
    """Return what a weight is in C++."""
    return {
        'name': weight.name,
        'type': definition(weight.type),
        'storage': weight.storage,
        'class': weight.weight_class,
    }


def describe(model, backend):
    """Return what a model is in C++."""
    layers = {}
    for layer in model.get_layers():
        layers[layer.name] = {
            'types': {name: definition(atype) for name, atype in layer.types.items()},
            'variables': {name: describe_variable(variable, backend) for name, variable in layer.variables.items()},
            'weights': {name: describe_weight(weight) for name, weight in layer.weights.items()},
        }
    return {'pipeline': [model.config.pipeline_style, model.config.pipeline_ii], 'layers': layers}


def save(model, path):
    """Save the model, also where its configuration holds a path object."""
    options = model.config.config
    options.update({key: str(value) for key, value in options.items() if isinstance(value, Path)})
    model.save(path)


@contextlib.contextmanager
def saved_before_types(backend, path):
    """Save the model to `path` before the backend's types are applied."""
    from hls4ml.model.graph import ModelGraph

    original = ModelGraph._apply_sub_flow
    types = f'{FLOWS_OF.get(backend, backend).lower()}:specific_types'

    def apply(self, flow_name, applied_flows):
        if flow_name == types and flow_name not in applied_flows:
            save(self, path)
            normalise_fml(path)
        original(self, flow_name, applied_flows)

    ModelGraph._apply_sub_flow = apply
    try:
        yield
    finally:
        ModelGraph._apply_sub_flow = original


def make_case(suite, case, out):
    """Write the files of one case."""
    is_saved = case in EXTRA or case.name in BEFORE
    before = saved_before_types(case.backend, out / f'{case.name}.fml') if is_saved else contextlib.nullcontext()
    with before:
        model = convert(suite, build(suite, case.model), case)
    text = json.dumps(describe(model, case.backend), separators=(',', ':'))
    (out / f'{case.name}.json').write_text(text + '\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--suite', choices=('keras', 'onnx'), required=True)
    parser.add_argument('--out', type=Path, required=True, help='directory for the files')
    parser.add_argument('--only', help='the name of a case or of a model')
    args = parser.parse_args()
    out = args.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    if os.environ.get('PYTHONHASHSEED') != '0':  # the names of applied passes are saved in the order of a set
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, 'PYTHONHASHSEED': '0'})
    cases = [case for case in SUITES[args.suite] if case not in EXTRA] + (EXTRA if args.suite == 'keras' else [])
    cases = [case for case in cases if args.only in (None, case.name, case.model)]
    failed = []
    with tempfile.TemporaryDirectory(prefix='specialized-') as work:
        os.chdir(work)
        for case in cases:
            try:
                with contextlib.redirect_stdout(sys.stderr):
                    make_case(args.suite, case, out)
                print(case.name, 'ok', flush=True)
            except Exception as error:
                print(case.name, repr(error), flush=True)
                failed.append(case.name)
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
