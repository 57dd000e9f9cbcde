"""Check that hls4ml loads archives, and that what it loads predicts what was recorded.

    conformance.py --work DIR [--jobs 2] [--json OUT] CASES.json

CASES.json is a list of objects:

    {"name": "mlp", "fml": "mlp.fml", "io": "io.npz" or null, "mode": "load" or "predict"}

Relative paths are relative to CASES.json. `load` restores the model with hls4ml and compares the names of
layers, inputs and outputs with the archive. `predict` also compiles the restored model with g++ and compares
its answers to `x0`, `x1`, … with `y0`, `y1`, … bit for bit.

Every case runs in a process of its own, because hls4ml loads one shared library per model. One line is printed
per case (`PASS`, `FAIL` or `SKIP`, name, reason), then the counts. A case is skipped if its layers
need a Python class that is not hls4ml's, or if it asks to predict for a backend without a compiler (it is
loaded all the same). The exit status is 1 if a case failed.

Install `requirements-keras.txt`: hls4ml restores quantizers of QKeras by calling QKeras itself, which needs
TensorFlow. Without such quantizers neither is imported, and hls4ml alone (`requirements-hls4ml.txt`) is enough.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TIMEOUT_SECONDS = 900
RESULT_FILE = 'result.json'


class CaseError(Exception):
    """The loaded model differs from what the archive says or from what was recorded."""


class Skip(Exception):
    """The case cannot be decided here."""


def read_member(fml, name):
    """Return the JSON value of the member `name` of the archive."""
    with tarfile.open(fml, mode='r:gz') as archive:
        for member in archive:
            if member.name.lstrip('./') == name:
                return json.load(archive.extractfile(member))
    raise CaseError(f'the archive has no member {name}')


def check_classes(arch):
    """Skip the case if a layer's class does not come with hls4ml."""
    for name, layer in arch.items():
        if not layer['class_name'].startswith('hls4ml.'):
            raise Skip(f'layer {name} needs the class {layer["class_name"]}')


def check_names(model, arch, state):
    """Compare names of layers, inputs and outputs with those in the archive."""
    pairs = {
        'layers': (list(model.graph), list(arch)),
        'inputs': (model.inputs, state['inputs']),
        'outputs': (model.outputs, state['outputs']),
    }
    for what, (found, expected) in pairs.items():
        if found != expected:
            raise CaseError(f'{what}: expected {expected}, found {found}')


def recorded(io, prefix):
    """Return the arrays `prefix0`, `prefix1`, … of the file."""
    arrays = []
    while f'{prefix}{len(arrays)}' in io:
        arrays.append(io[f'{prefix}{len(arrays)}'])
    return arrays


def check_predictions(model, io_path, work):
    """Compile the model and compare its predictions with the recorded ones bit for bit."""
    import numpy as np
    from emulation import compile_model, predict

    compile_model(model, work / 'prj')
    with np.load(io_path) as io:
        inputs, expected = recorded(io, 'x'), recorded(io, 'y')
    found = predict(model, inputs)
    if len(found) != len(expected):
        raise CaseError(f'expected {len(expected)} outputs, found {len(found)}')
    for index, (y, ref) in enumerate(zip(found, expected, strict=True)):
        y, ref = y.reshape(-1), np.asarray(ref).reshape(-1)
        if y.dtype != ref.dtype or y.shape != ref.shape:
            raise CaseError(f'y{index}: expected {ref.dtype}{list(ref.shape)}, found {y.dtype}{list(y.shape)}')
        if y.tobytes() != ref.tobytes():
            wrong = np.flatnonzero(y != ref)
            at = wrong[0] if len(wrong) else 0
            difference = f'[{at}] expected {ref[at]}, found {y[at]}'
            raise CaseError(f'y{index}: {len(wrong)} of {len(ref)} values differ, {difference}')


def check_case(case, work):
    """Run one case; a fault is an exception."""
    from emulation import WITHOUT_COMPILER
    from hls4ml.converters import load_saved_model

    arch = read_member(case['fml'], 'model_arch.json')
    check_classes(arch)
    model = load_saved_model(case['fml'], output_dir=work)
    check_names(model, arch, read_member(case['fml'], 'graph_state.json'))
    if case['mode'] == 'predict':
        backend = model.config.get_config_value('Backend')
        if backend in WITHOUT_COMPILER:
            raise Skip(f'loads, but there is no compiler for {backend}')
        check_predictions(model, case['io'], work)




def run_child(case, work):
    """Run one case in this process and write its verdict to the work directory."""
    with (work / 'log.txt').open('w') as log, contextlib.redirect_stdout(log):
        try:
            check_case(case, work)
            verdict = {'result': 'PASS', 'reason': ''}
        except Skip as skip:
            verdict = {'result': 'SKIP', 'reason': str(skip)}
        except BaseException as error:
            traceback.print_exc(file=log)
            lines = str(error).splitlines() or ['']
            verdict = {'result': 'FAIL', 'reason': f'{type(error).__name__}: {lines[0]}'}
    (work / RESULT_FILE).write_text(json.dumps(verdict))


def run_case(case, work):
    """Run one case in a process of its own and return the case with its verdict."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    command = [sys.executable, __file__, '--child', json.dumps(case), '--work', str(work)]
    environment = {**os.environ, 'PYTHONDONTWRITEBYTECODE': '1', 'TF_CPP_MIN_LOG_LEVEL': '3'}
    try:
        child = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=TIMEOUT_SECONDS)
        ending = f'the process ended with status {child.returncode}'
    except subprocess.TimeoutExpired:
        ending = f'no answer within {TIMEOUT_SECONDS} s'
    result = work / RESULT_FILE
    verdict = json.loads(result.read_text()) if result.exists() else {'result': 'FAIL', 'reason': ending}
    shutil.rmtree(work / 'prj', ignore_errors=True)
    return {**case, **verdict}


def read_cases(path):
    """Read the list of cases and make its paths absolute."""
    cases = json.loads(path.read_text())
    for case in cases:
        for key in ('fml', 'io'):
            if case.get(key):
                case[key] = str((path.parent / case[key]).resolve())
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('cases', nargs='?', type=Path, help='JSON list of cases')
    parser.add_argument('--work', type=Path, required=True, help='directory for temporary files')
    parser.add_argument('--jobs', type=int, default=2, help='cases that run at the same time')
    parser.add_argument('--json', type=Path, help='write the verdicts to this file')
    parser.add_argument('--child', help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        run_child(json.loads(args.child), args.work)
        return 0
    if args.cases is None:
        parser.error('the list of cases is missing')

    cases = read_cases(args.cases)
    work = args.work.resolve()
    verdicts = []
    with ThreadPoolExecutor(args.jobs) as pool:
        for verdict in pool.map(lambda item: run_case(item[1], work / f'{item[0]:04}'), enumerate(cases)):
            print(verdict['result'], verdict['name'], verdict['reason'], flush=True)
            verdicts.append(verdict)
    if args.json:
        args.json.write_text(json.dumps(verdicts, indent=1) + '\n')
    count = {result: sum(verdict['result'] == result for verdict in verdicts) for result in ('PASS', 'FAIL', 'SKIP')}
    skipped = f', {count["SKIP"]} skipped' if count['SKIP'] else ''
    print(f'{count["PASS"]} passed, {count["FAIL"]} failed{skipped}')
    return 1 if count['FAIL'] else 0


if __name__ == '__main__':
    sys.exit(main())
