//! HDF5 files, behind a handful of functions.

use hdf5_reader::group::Group;
use hdf5_reader::{Datatype, Hdf5File, OpenOptions};
use hls4rs_types::{DType, Order, Tensor};

/// Bytes that one array may have.
const MOST_ARRAY: usize = 1 << 30;
/// Bytes that one chunk of an array may have.
const MOST_CHUNK: usize = 64 << 20;
/// Bytes that the header of an object may have.
const MOST_HEADER: usize = 16 << 20;

/// Why something cannot be read from a file.
pub(crate) type Fault = String;

/// An opened HDF5 file.
pub(crate) struct H5 {
    file: Hdf5File,
}

impl H5 {
    /// Opens the bytes of a file. Links to other files are not followed.
    pub(crate) fn open(bytes: Vec<u8>) -> Result<Self, Fault> {
        let options = OpenOptions::default()
            .with_max_read_bytes(MOST_ARRAY)
            .with_max_chunk_bytes(MOST_CHUNK)
            .with_max_object_header_bytes(MOST_HEADER);
        let file = Hdf5File::from_vec_with_options(bytes, options).map_err(text)?;
        Ok(Self { file })
    }

    /// Names of the groups and arrays in a group, in the order of the file.
    pub(crate) fn members(&self, path: &str) -> Result<(Vec<String>, Vec<String>), Fault> {
        self.group(path)?.member_names().map_err(text)
    }

    /// Whether there is a group of that name.
    pub(crate) fn has_group(&self, path: &str) -> bool {
        self.group(path).is_ok()
    }

    /// An attribute of a group that is one text, if it is there.
    pub(crate) fn attribute(&self, path: &str, name: &str) -> Result<Option<String>, Fault> {
        let attributes = self.group(path)?.attributes().map_err(text)?;
        let found = attributes.into_iter().find(|attribute| attribute.name == name);
        found.map(|attribute| attribute.read_string().map_err(text)).transpose()
    }

    /// An attribute of a group that is a list of texts; an empty one may be stored as numbers.
    pub(crate) fn texts(&self, path: &str, name: &str) -> Result<Vec<String>, Fault> {
        let attributes = self.group(path)?.attributes().map_err(text)?;
        let Some(attribute) = attributes.into_iter().find(|attribute| attribute.name == name) else {
            return Ok(Vec::new());
        };
        if attribute.num_elements().map_err(text)? == 0 {
            return Ok(Vec::new());
        }
        attribute.read_strings().map_err(text)
    }

    /// An array.
    pub(crate) fn array(&self, path: &str) -> Result<Tensor, Fault> {
        let dataset = self.file.dataset(path).map_err(text)?;
        let shape = dataset.shape().iter().map(|n| usize::try_from(*n)).collect::<Result<Vec<_>, _>>();
        let shape = shape.map_err(text)?;
        let dtype = dtype(dataset.dtype())?;
        let bytes = dataset.read_native_bytes().map_err(text)?;
        Tensor::from_bytes(dtype, &shape, Order::C, &bytes).map_err(text)
    }

    fn group(&self, path: &str) -> Result<Group, Fault> {
        if path.is_empty() {
            self.file.root_group().map_err(text)
        } else {
            self.file.group(path).map_err(text)
        }
    }
}

fn dtype(found: &Datatype) -> Result<DType, Fault> {
    Ok(match found {
        Datatype::FloatingPoint { size: 2, .. } => DType::F16,
        Datatype::FloatingPoint { size: 4, .. } => DType::F32,
        Datatype::FloatingPoint { size: 8, .. } => DType::F64,
        Datatype::FixedPoint { size: 1, signed: true, .. } => DType::I8,
        Datatype::FixedPoint { size: 2, signed: true, .. } => DType::I16,
        Datatype::FixedPoint { size: 4, signed: true, .. } => DType::I32,
        Datatype::FixedPoint { size: 8, signed: true, .. } => DType::I64,
        Datatype::FixedPoint { size: 1, signed: false, .. } => DType::U8,
        Datatype::FixedPoint { size: 2, signed: false, .. } => DType::U16,
        Datatype::FixedPoint { size: 4, signed: false, .. } => DType::U32,
        Datatype::FixedPoint { size: 8, signed: false, .. } => DType::U64,
        // h5py's form of booleans
        Datatype::Enum { base, members }
            if members.len() == 2 && matches!(**base, Datatype::FixedPoint { size: 1, .. }) =>
        {
            DType::Bool
        }
        other => return Err(format!("expected numbers or booleans, found {other:?}")),
    })
}

fn text(error: impl ToString) -> Fault {
    error.to_string()
}
