"""Rewrite archives so that the same content is the same bytes on every run."""

import gzip
import io
import json
import re
import tarfile
import zipfile

import numpy as np

# A fraction of a second, as real files have it: tar then carries the time in a PAX record, as in hls4ml's archives.
MTIME = 1_600_000_000.5
ZIP_DATE = (2020, 9, 13, 12, 26, 40)
OWNER = 'hls4ml'


def normalise_fml(path):
    """Replace times, owners and modes in the `.fml` at `path`; names, order and contents stay."""
    with tarfile.open(path, mode='r:gz') as archive:
        members = [(member, archive.extractfile(member)) for member in archive.getmembers()]
        members = [(member, file.read() if file else None) for member, file in members]
    with (
        open(path, 'wb') as file,
        gzip.GzipFile(path.name, 'wb', compresslevel=9, fileobj=file, mtime=int(MTIME)) as packed,
        tarfile.open(fileobj=packed, mode='w', format=tarfile.PAX_FORMAT) as archive,
    ):
        for member, content in members:
            archive.addfile(normalised(member), None if content is None else io.BytesIO(content))


def normalised(member):
    """Return the tar entry with fixed time, owner and mode."""
    member.pax_headers = {}
    member.mtime = MTIME
    member.uid = member.gid = 1000
    member.uname = member.gname = OWNER
    member.mode = 0o700 if member.isdir() else 0o644
    return member


def write_npz(path, arrays):
    """Write named arrays like `numpy.savez_compressed`, with a fixed date."""
    with zipfile.ZipFile(path, 'w') as archive:
        for name, array in arrays.items():
            info = zipfile.ZipInfo(f'{name}.npy', date_time=ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(info, content.getvalue())


def normalise_keras(path):
    """Replace dates, and the addresses that objects had, in the `.keras` file at `path`."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    metadata = json.loads(members['metadata.json'])
    metadata['date_saved'] = '2020-09-13@12:26:40'
    members['metadata.json'] = json.dumps(metadata).encode()
    numbers = {}
    members['config.json'] = re.sub(
        rb'("shared_object_id": )(\d+)',
        lambda found: found[1] + b'%d' % numbers.setdefault(found[2], len(numbers) + 1),
        members['config.json'],
    )
    with zipfile.ZipFile(path, 'w') as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, date_time=ZIP_DATE)
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
