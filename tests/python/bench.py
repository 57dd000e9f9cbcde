"""Measure how long hls4ml takes to load and to save archives.

    bench.py --rounds R FILES...

Prints one JSON object: `{file: {"load_s": [...], "save_s": [...]}}` in seconds, or `{file: {"error": line}}` where
hls4ml cannot load or save the archive. All files are measured in one process, after hls4ml is imported. One load
per file goes before the measured ones, so that what an archive needs besides (QKeras, TensorFlow) is imported too.
"""

import argparse
import contextlib
import io
import json
import tempfile
import time
from pathlib import Path


def seconds(function, *arguments):
    """Return what the function returns and how long it took."""
    start = time.perf_counter()
    result = function(*arguments)
    return result, time.perf_counter() - start


def measure(path, rounds, work):
    """Load and save the archive `rounds` times."""
    from hls4ml.converters import load_saved_model

    load_saved_model(path, work)
    load_s, save_s = [], []
    for _ in range(rounds):
        model, elapsed = seconds(load_saved_model, path, work)
        load_s.append(elapsed)
        saved = work / 'saved.fml'
        _, elapsed = seconds(model.save, saved)
        save_s.append(elapsed)
        saved.unlink()
    return {'load_s': load_s, 'save_s': save_s}


def measure_or_error(path, rounds):
    """Measure the archive; a failure of hls4ml is a result too."""
    with tempfile.TemporaryDirectory(prefix='bench-') as work, contextlib.redirect_stdout(io.StringIO()):
        try:
            return measure(path, rounds, Path(work))
        except Exception as error:
            lines = str(error).splitlines() or ['']
            return {'error': f'{type(error).__name__}: {lines[0]}'}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('files', nargs='+', help='archives to measure')
    parser.add_argument('--rounds', type=int, default=5, help='measurements per archive')
    args = parser.parse_args()
    print(json.dumps({file: measure_or_error(file, args.rounds) for file in args.files}, indent=1))


if __name__ == '__main__':
    main()
