//! From the bytes of a file to a model in memory.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

use hls4rs_frontend::{SourceError, SourceFile};
use indexmap::IndexMap;
use prost::Message;

use crate::graph::OnnxGraph;
use crate::node::{NodeAttribute, OnnxNode};
use crate::proto::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto};
use crate::tensor::{Fault, tensor};

/// Bytes of data in other files that a model may have.
const MOST_EXTERNAL: u64 = 4 << 30;

/// The largest dimension that is taken for one.
const MOST_SIZE: i64 = 1 << 31;

/// Reads a model.
///
/// # Errors
/// If the bytes are no ONNX model, a constant is damaged, or data in another file cannot be read.
pub(crate) fn read(source: &SourceFile) -> Result<OnnxGraph, SourceError> {
    let model = ModelProto::decode(source.bytes.as_slice())
        .map_err(|error| source.malformed("an ONNX model", error.to_string()))?;
    let Some(graph) = &model.graph else {
        return Err(source.malformed("an ONNX model", "none: it has no graph"));
    };
    let mut read = OnnxGraph::default();
    for opset in &model.opset_import {
        read.opsets.insert(opset.domain.clone().unwrap_or_default(), opset.version.unwrap_or_default());
    }
    let folder = source.path.parent().unwrap_or(Path::new(""));
    let mut external = External { folder, left: MOST_EXTERNAL };
    fill(graph, &mut read, &mut external).map_err(|found| source.malformed("a sound ONNX model", found))?;
    Ok(read)
}

fn fill(graph: &GraphProto, read: &mut OnnxGraph, external: &mut External<'_>) -> Result<(), Fault> {
    for constant in &graph.initializer {
        let name = constant.name.clone().unwrap_or_default();
        let value = tensor(constant, |proto| external.bytes(proto));
        let value = value.map_err(|fault| format!("constant `{name}`: {fault}"))?;
        read.initializers.insert(name, value);
    }
    for value in graph.value_info.iter().chain(&graph.output).chain(&graph.input) {
        if let Some((name, shape)) = shape_of(value) {
            read.shapes.entry(name).or_insert(shape);
        }
    }
    let name = |value: &ValueInfoProto| value.name.clone().unwrap_or_default();
    read.outputs = graph.output.iter().map(name).collect();
    let inputs = graph.input.iter().map(name);
    read.inputs = inputs.filter(|name| !read.initializers.contains_key(name)).collect();
    for (constant, value) in &read.initializers {
        let dims = value.shape().iter().map(|n| i64::try_from(*n).unwrap_or(i64::MAX)).collect();
        read.shapes.insert(constant.clone(), dims);
    }
    for node in &graph.node {
        read.nodes.push(node_of(node, external)?);
    }
    Ok(())
}

/// Name and shape of a tensor; a dimension that is no number is 0, as hls4ml takes it.
fn shape_of(value: &ValueInfoProto) -> Option<(String, Vec<i64>)> {
    let shape = value.r#type.as_ref()?.tensor_type.as_ref()?.shape.as_ref()?;
    let size = |size: &i64| (0..=MOST_SIZE).contains(size);
    let dims = shape.dim.iter().map(|dim| dim.dim_value.filter(size).unwrap_or_default()).collect();
    Some((value.name.clone()?, dims))
}

fn node_of(proto: &NodeProto, external: &mut External<'_>) -> Result<OnnxNode, Fault> {
    let mut node = OnnxNode {
        name: proto.name.clone().unwrap_or_default(),
        op_type: proto.op_type.clone().unwrap_or_default(),
        domain: proto.domain.clone().unwrap_or_default(),
        inputs: proto.input.clone(),
        outputs: proto.output.clone(),
        attributes: IndexMap::new(),
        origin: String::new(),
    };
    for attribute in &proto.attribute {
        let name = attribute.name.clone().unwrap_or_default();
        let value = attribute_of(attribute, external);
        let value = value.map_err(|fault| format!("{}: attribute `{name}`: {fault}", node.place()))?;
        node.attributes.insert(name, value);
    }
    Ok(node)
}

fn attribute_of(proto: &AttributeProto, external: &mut External<'_>) -> Result<NodeAttribute, Fault> {
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    // the numbers of AttributeProto.AttributeType; very old files have no type
    let kind = proto.r#type.filter(|kind| *kind != 0).unwrap_or_else(|| kind_of(proto));
    Ok(match kind {
        1 => NodeAttribute::Float(proto.f.unwrap_or_default()),
        2 => NodeAttribute::Int(proto.i.unwrap_or_default()),
        3 => NodeAttribute::Text(proto.s.as_ref().map(text).unwrap_or_default()),
        4 => match &proto.t {
            Some(value) => NodeAttribute::Tensor(tensor(value, |proto| external.bytes(proto))?),
            None => return Err("expected a tensor, found none".to_owned()),
        },
        6 => NodeAttribute::Floats(proto.floats.clone()),
        7 => NodeAttribute::Ints(proto.ints.clone()),
        8 => NodeAttribute::Texts(proto.strings.iter().map(text).collect()),
        other => NodeAttribute::Other(other),
    })
}

/// The type of an attribute, by the field that is set.
fn kind_of(proto: &AttributeProto) -> i32 {
    let set = [
        (proto.f.is_some(), 1),
        (proto.i.is_some(), 2),
        (proto.s.is_some(), 3),
        (proto.t.is_some(), 4),
        (!proto.floats.is_empty(), 6),
        (!proto.ints.is_empty(), 7),
        (!proto.strings.is_empty(), 8),
    ];
    set.iter().find(|(is_set, _)| *is_set).map_or(0, |(_, kind)| *kind)
}

/// Data of constants in files beside the model.
struct External<'a> {
    folder: &'a Path,
    /// Bytes that may still be read.
    left: u64,
}

impl External<'_> {
    /// The bytes of a constant. Its file must be in the model's folder, or below it.
    fn bytes(&mut self, proto: &TensorProto) -> Result<Vec<u8>, Fault> {
        let entry = |key: &str| {
            let found = proto.external_data.iter().find(|entry| entry.key.as_deref() == Some(key));
            found.and_then(|entry| entry.value.clone())
        };
        let number = |key: &str| -> Result<Option<u64>, Fault> {
            let parse = |text: String| {
                text.parse().map_err(|_| format!("`{key}`: expected a number, found `{text}`"))
            };
            entry(key).map(parse).transpose()
        };
        let location = entry("location").ok_or("expected the location of its data, found none")?;
        let path = self.inside(&location)?;
        let fail = |cause: std::io::Error| format!("data in `{location}`: {cause}");
        let mut file = File::open(&path).map_err(fail)?;
        let (size, offset) = (file.metadata().map_err(fail)?.len(), number("offset")?.unwrap_or(0));
        let length = number("length")?.unwrap_or_else(|| size.saturating_sub(offset));
        let is_there = offset.checked_add(length).is_some_and(|end| end <= size);
        if !is_there || length > self.left {
            return Err(format!(
                "data in `{location}`: expected {length} bytes from {offset}, found a file of {size}"
            ));
        }
        self.left -= length;
        let mut bytes =
            vec![0; usize::try_from(length).map_err(|_| "expected a size that fits into memory")?];
        file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut bytes)).map_err(fail)?;
        Ok(bytes)
    }

    /// The path of a file below the model's folder: no other place is looked at, links included.
    fn inside(&self, location: &str) -> Result<PathBuf, Fault> {
        let outside = || format!("expected data in a file below the model's folder, found `{location}`");
        let relative = Path::new(location);
        if location.contains('\\') || !relative.components().all(|part| matches!(part, Component::Normal(_)))
        {
            return Err(outside());
        }
        let path = self.folder.join(relative);
        let real = path.canonicalize().map_err(|cause| format!("data in `{location}`: {cause}"))?;
        let folder = if self.folder.as_os_str().is_empty() { Path::new(".") } else { self.folder };
        let folder = folder.canonicalize().map_err(|cause| format!("data in `{location}`: {cause}"))?;
        if real.starts_with(folder) { Ok(real) } else { Err(outside()) }
    }
}
