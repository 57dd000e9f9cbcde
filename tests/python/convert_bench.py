"""Measure how long hls4ml takes to convert source models.

    convert_bench.py --rounds R FILES...

Each file is a `source.h5`, `source.keras` or `source.onnx` with the keyword arguments of hls4ml's converter in `config.json`
beside it. Prints one JSON object: `{file: {"load_s": [...], "convert_s": [...]}}` in seconds, or `{file: {"error": line}}` where hls4ml or
its frameworks refuse the file. All files are measured in one process, after everything is imported and the model was loaded and
converted once: how long its framework takes to load the file, and `convert_from_keras_model` or `convert_from_onnx_model` with
the model in memory. With one file and one round the whole process is what a user waits for.
"""

import argparse
import contextlib
import io
import json
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')


def measure(path, rounds, warm):
    """Convert the model `rounds` times."""
    import hls4ml
    from configurations import load_h5, load_keras, load_onnx

    kind = path.suffix[1:]
    load = {'h5': load_h5, 'keras': load_keras, 'onnx': load_onnx}[kind]
    convert = getattr(hls4ml.converters, f'convert_from_{"onnx" if kind == "onnx" else "keras"}_model')
    text = path.with_name('config.json').read_text()
    load_s, convert_s = [], []
    for _ in range(rounds + warm):
        arguments = json.loads(text)
        start = time.perf_counter()
        model = load(path)
        load_s.append(time.perf_counter() - start)
        if isinstance(model, dict):
            raise ValueError('the classes of the model are not installed')
        start = time.perf_counter()
        convert(model, **arguments)
        convert_s.append(time.perf_counter() - start)
    return {'load_s': load_s[warm:], 'convert_s': convert_s[warm:]}


def measure_or_error(path, rounds, warm):
    """Measure the file; a failure of hls4ml is a result too."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return measure(path, rounds, warm)
        except Exception as error:
            lines = str(error).splitlines() or ['']
            return {'load_s': [], 'convert_s': [], 'error': f'{type(error).__name__}: {lines[0]}'}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('files', nargs='+', help='source models to measure')
    parser.add_argument('--rounds', type=int, default=3, help='measurements per file')
    parser.add_argument('--cold', action='store_true', help='make no conversion before those that are measured')
    args = parser.parse_args()
    files = {file: Path(file).resolve() for file in args.files}
    with tempfile.TemporaryDirectory(prefix='bench-') as work:
        os.chdir(work)
        warm = 0 if args.cold else 1
        measured = {file: measure_or_error(path, args.rounds, warm) for file, path in files.items()}
        os.chdir('/')
    print(json.dumps(measured, indent=1))


if __name__ == '__main__':
    main()
