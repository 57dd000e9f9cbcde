//! Quantizers of HGQ2: their formats, and what they make of numbers.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::{Attribute, FixedPrecision, Precision, RoundingMode, SaturationMode, Tensor, TensorError};
use ndarray::{ArrayD, IxDyn};

use super::config::{Kind, QuantizerConfig};
use super::fixed_point::FixedPoint;
use super::minifloat;
use crate::v3::call::{KerasTensor, known};
use crate::v3::vars::Vars;

/// Elements that an array may have.
const MOST_ELEMENTS: usize = 1 << 28;

/// A quantizer with the formats that were learned.
pub(crate) struct Quantizer {
    /// Its name.
    pub(crate) name: String,
    config: QuantizerConfig,
    format: Format,
}

/// What numbers are brought to: an array each, whose shape is that of the numbers or has ones in it.
enum Format {
    Fixed { k: ArrayD<f32>, i: ArrayD<f32>, f: ArrayD<f32> },
    Float { m: ArrayD<f32>, e: ArrayD<f32>, e0: ArrayD<f32> },
    Dummy,
}

/// Sign, integer and fractional bits.
type Kif<'a> = (&'a ArrayD<f32>, &'a ArrayD<f32>, &'a ArrayD<f32>);

impl Quantizer {
    /// Reads a quantizer.
    ///
    /// **Source:** `hgq.quantizer.internal.fixed_point_quantizer`, HGQ2 0.2. Variables are numbered with those that are learned first,
    /// and integer bits are not where numbers wrap around.
    pub(crate) fn read(vars: &Vars<'_>, config: QuantizerConfig, name: String) -> Result<Self, Problem> {
        let inner = vars.child_like("quantizer", "", 0);
        let wraps = config.mode.overflow == "WRAP";
        let get = |order: &[&str], name: &str| floats(&inner.get(order, name)?);
        let format = match config.kind {
            Kind::Kbi => {
                let order = if wraps { ["b", "k", "i"] } else { ["b", "i", "k"] };
                let (b, i) = (rounded(get(&order, "b")?), rounded(get(&order, "i")?));
                let f = combined(&b, &i, |b, i| b - i)?;
                Format::Fixed { k: get(&order, "k")?, i, f }
            }
            Kind::Kif => {
                let order = if wraps { ["f", "k", "i"] } else { ["i", "f", "k"] };
                let (i, f) = (rounded(get(&order, "i")?), rounded(get(&order, "f")?));
                Format::Fixed { k: get(&order, "k")?, i, f }
            }
            Kind::Float => {
                let order = ["m", "e", "e0"];
                let [m, e, e0] = order.map(|name| get(&order, name).map(rounded));
                Format::Float { m: m?, e: e?, e0: e0? }
            }
            Kind::Dummy => Format::Dummy,
        };
        Ok(Self { name, config, format })
    }

    /// What becomes of numbers when a model predicts.
    ///
    /// **Source:** `Quantizer.call` and `FixedPointQuantizerBase.call`, HGQ2 0.2. Weights that wrap around while they are learned are
    /// rounded only.
    pub(crate) fn apply(&self, numbers: &ArrayD<f32>) -> Result<ArrayD<f32>, Problem> {
        let mut made = numbers.clone();
        if let Some(scaler) = self.config.scaler {
            made.mapv_inplace(|x| x / scaler);
        }
        let mode = &self.config.mode;
        match &self.format {
            Format::Fixed { k, i, f } => {
                let [k, i, f] = [k, i, f].map(|part| broadcast(part, numbers.shape()));
                let (k, i, f) = (k?, i?, f?);
                let rounds_only = self.config.rounds_only();
                ndarray::Zip::from(&mut made).and(&k).and(&i).and(&f).for_each(|x, &k, &i, &f| {
                    *x = if rounds_only {
                        mode.round(*x, f)
                    } else if k + i + f > 0.0 {
                        mode.quantize(*x, k, i, f)
                    } else {
                        0.0
                    };
                });
            }
            Format::Float { m, e, e0 } => {
                let [m, e, e0] = [m, e, e0].map(|part| broadcast(part, numbers.shape()));
                let (m, e, e0) = (m?, e?, e0?);
                ndarray::Zip::from(&mut made).and(&m).and(&e).and(&e0).for_each(|x, &m, &e, &e0| {
                    *x = minifloat::quantize(*x, m, e, e0);
                });
            }
            Format::Dummy => {}
        }
        if let Some(scaler) = self.config.scaler {
            made.mapv_inplace(|x| x * scaler);
        }
        if let Some((factor, offset)) = self.config.affine {
            made.mapv_inplace(|x| x * factor + offset);
        }
        Ok(made)
    }

    /// The same for a weight.
    pub(crate) fn weight(&self, weight: &Tensor) -> Result<Tensor, Problem> {
        Ok(Tensor::from(self.apply(&floats(weight)?)?))
    }

    /// The quantizer as a layer before or behind another one.
    ///
    /// **Source:** `extract_fixed_quantizer_config` of `hls4ml.converters.keras_v3.hgq2._base`, hls4ml 1.3.0. It does not look at scale
    /// and offset.
    pub(crate) fn layer(&self, tensor: &KerasTensor, is_input: bool) -> Result<Entry, Problem> {
        let (k, i, f) = self.kif()?;
        let dims: Vec<usize> =
            known(&tensor.shape)?.iter().map(|dim| usize::try_from(*dim).unwrap_or(0)).collect();
        let shape: Vec<usize> = std::iter::once(1).chain(dims).collect();
        let bits = combined(&combined(k, i, |k, i| k + i)?, f, |integer, f| integer + f)?;
        let integer = combined(k, i, |k, i| k + i)?;
        let integer = combined(&bits, &integer, |bits, integer| if bits > 0.0 { integer } else { 0.0 })?;
        let mask = |part: &ArrayD<f32>| {
            let part = if k.len() == 1 {
                part.clone().into_shape_with_order(IxDyn(&[part.len()])).map_err(wrong_shape)?
            } else {
                broadcast(part, &shape)?
            };
            Ok(Attribute::Array(Tensor::from(part.mapv(|bits| bits as i16))))
        };
        let quantized = format!("{}_q", tensor.name);
        let (from, to) = if is_input { (&tensor.name, &quantized) } else { (&quantized, &tensor.name) };
        Ok(Entry::new()
            .with("name", self.name.clone())
            .with("class_name", "FixedPointQuantizer")
            .with("mask_kbi", Attribute::List(vec![mask(k)?, mask(&bits)?, mask(&integer)?]))
            .with("SAT", self.config.mode.overflow.clone())
            .with("RND", self.config.mode.round.clone())
            .with("fusible", Attribute::Null)
            .with("input_keras_tensor_names", vec![from.clone()])
            .with("output_keras_tensor_names", vec![to.clone()])
            .with("overrides", Attribute::Map(hls4rs_types::Attributes::new())))
    }

    /// The precision that all numbers have.
    ///
    /// **Source:** `fixed_quantizer_to_hls4ml_t` of `hls4ml.converters.keras_v3.hgq2.softmax`, hls4ml 1.3.0.
    pub(crate) fn precision(&self) -> Result<FixedPrecision, Problem> {
        let (k, i, f) = self.single()?;
        let width = (k + i + f).max(1.0);
        let modes = (
            RoundingMode::from_name(&self.config.mode.round),
            SaturationMode::from_name(&self.config.mode.overflow),
        );
        let (Some(rounding), Some(saturation)) = modes else {
            let message = format!(
                "quantizer `{}`: expected modes that hardware has, found `{}` and `{}`",
                self.name, self.config.mode.round, self.config.mode.overflow
            );
            return Err(Problem::unsupported(message, "use other modes"));
        };
        Ok(FixedPrecision::new(width as u32, (k + i) as i32, k != 0.0)
            .with_rounding_mode(rounding)
            .with_saturation_mode(saturation))
    }

    /// Sign, integer and fractional bits that all numbers have.
    pub(crate) fn single(&self) -> Result<(f32, f32, f32), Problem> {
        let (k, i, f) = self.kif()?;
        let one = |part: &ArrayD<f32>| part.iter().next().copied().filter(|_| part.len() == 1);
        one(k).zip(one(i)).zip(one(f)).map(|((k, i), f)| (k, i, f)).ok_or_else(|| {
            let message =
                format!("quantizer `{}`: expected one format for all numbers, found several", self.name);
            Problem::unsupported(message, "use `heterogeneous_axis=()`")
        })
    }

    /// The most bits that a number has without its sign, with it where it saturates.
    ///
    /// **Source:** `FixedPointQuantizerBase.bits`, HGQ2 0.2.
    pub(crate) fn most_bits(&self) -> Result<f32, Problem> {
        let (k, i, f) = self.kif()?;
        let saturates = self.config.mode.overflow == "SAT";
        let is_kif = matches!(self.config.kind, Kind::Kif);
        let bits = combined(i, f, |i, f| if is_kif { (i + f).max(0.0) } else { i + f })?;
        let bits = combined(&bits, k, |bits, k| if saturates { bits + k } else { bits })?;
        Ok(bits.iter().copied().fold(f32::NEG_INFINITY, f32::max))
    }

    /// Sign, integer and fractional bits.
    pub(crate) fn kif(&self) -> Result<Kif<'_>, Problem> {
        if self.config.scaler.is_some() || self.config.affine.is_some() {
            let message = format!("quantizer `{}`: expected no scale and offset, found some", self.name);
            return Err(Problem::unsupported(
                message,
                "use quantizers without `scaler` and `affine` for data",
            ));
        }
        match &self.format {
            Format::Fixed { k, i, f } => Ok((k, i, f)),
            _ => {
                let message = format!("quantizer `{}`: expected a fixed-point one, found another", self.name);
                Err(Problem::unsupported(message, "use quantizers of type `kbi` or `kif` for data"))
            }
        }
    }

    /// How numbers are rounded and brought into range.
    pub(crate) fn mode(&self) -> &FixedPoint {
        &self.config.mode
    }
}

/// The precision as an attribute.
pub(crate) fn precision(precision: FixedPrecision) -> Attribute {
    Attribute::Precision(Precision::Fixed(precision))
}

/// An array in single precision.
pub(crate) fn floats(tensor: &Tensor) -> Result<ArrayD<f32>, Problem> {
    let wrong = |error: TensorError| Problem::malformed(error, "save the model again");
    let elements: Vec<f32> = tensor.iter_f64().map_err(wrong)?.map(|number| number as f32).collect();
    ArrayD::from_shape_vec(IxDyn(tensor.shape()), elements).map_err(wrong_shape)
}

/// An array as large as another one.
pub(crate) fn broadcast(part: &ArrayD<f32>, shape: &[usize]) -> Result<ArrayD<f32>, Problem> {
    let count = shape.iter().try_fold(1usize, |count, dim| count.checked_mul(*dim));
    let is_bounded = count.is_some_and(|count| count <= MOST_ELEMENTS);
    part.broadcast(IxDyn(shape)).filter(|_| is_bounded).map(|view| view.to_owned()).ok_or_else(|| {
        let message =
            format!("expected a quantizer for the shape {shape:?}, found one for {:?}", part.shape());
        Problem::malformed(message, "save the model again")
    })
}

fn rounded(array: ArrayD<f32>) -> ArrayD<f32> {
    array.mapv_into(f32::round_ties_even)
}

fn combined(
    a: &ArrayD<f32>,
    b: &ArrayD<f32>,
    with: impl Fn(f32, f32) -> f32,
) -> Result<ArrayD<f32>, Problem> {
    let b = broadcast(b, a.shape())?;
    let mut made = a.clone();
    made.zip_mut_with(&b, |a, b| *a = with(*a, *b));
    Ok(made)
}

fn wrong_shape(error: ndarray::ShapeError) -> Problem {
    Problem::malformed(error, "save the model again")
}
