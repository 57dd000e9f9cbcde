"""Make archives of the same models with different versions of hls4ml.

    migrations.py --out DIR

Writes DIR/NAME/VERSION.fml for each model, VERSION being that of the hls4ml that runs it. What one version makes of a model and what the
next one makes of it are before and after of a migration. Needs hls4ml alone.
"""

import argparse
import tempfile
from pathlib import Path

import hls4ml
import numpy as np
from hls4ml.model.graph import ModelGraph
from hls4ml.utils.config import create_config

CASES = {
    'merge-vivado-io_parallel': ('Vivado', 'io_parallel'),
    'merge-vitis-io_stream': ('Vitis', 'io_stream'),
    'merge-oneapi-io_stream': ('oneAPI', 'io_stream'),
    'merge-quartus-io_parallel': ('Quartus', 'io_parallel'),
}


def build(backend, io_type):
    """Return a dense layer whose output is added to a second input."""
    config = create_config(output_dir='project', project_name='myproject', backend=backend, io_type=io_type)
    config['HLSConfig'] = {
        'Model': {'Precision': {'default': 'ap_fixed<16,6>'}, 'ReuseFactor': 1, 'Strategy': 'Latency'}
    }
    kernel = np.linspace(-1, 1, 16, dtype='float32').reshape(4, 4)
    layers = [
        {'class_name': 'InputLayer', 'name': 'a', 'input_shape': [4], 'inputs': []},
        {'class_name': 'InputLayer', 'name': 'b', 'input_shape': [4], 'inputs': []},
        {
            'class_name': 'Dense',
            'name': 'fc',
            'n_in': 4,
            'n_out': 4,
            'weight_data': kernel,
            'bias_data': np.zeros(4, 'float32'),
            'weight_quantizer': None,
            'bias_quantizer': None,
            'inputs': ['a'],
        },
        {'class_name': 'Merge', 'name': 'sum', 'op': 'add', 'inputs': ['fc', 'b']},
    ]
    for layer in layers:
        layer.setdefault('data_format', 'channels_last')
    return ModelGraph.from_layer_list(config, layers, ['a', 'b'], ['sum'])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=Path, required=True, help='directory that gets one folder per model')
    args = parser.parse_args()
    for name, case in CASES.items():
        folder = args.out.resolve() / name
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as work:
            saved = Path(work) / 'model.fml'
            build(*case).save(saved)
            (folder / f'{hls4ml.__version__}.fml').write_bytes(saved.read_bytes())


if __name__ == '__main__':
    main()
