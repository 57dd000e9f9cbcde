//! A layer in its place, as its handler sees it.

use hls4rs_frontend::{Entry, Findings, Problem};
use hls4rs_types::{Attribute, Attributes, Tensor};

use crate::config::LayerConfig;
use crate::weights::Weights;

/// Dimensions, batch included; none where it is not known.
pub(crate) type Shape = Vec<Option<i64>>;

/// Elements that an input of a layer may have.
const MOST_ELEMENTS: i64 = 1 << 28;

/// What a handler makes: the layer, and the shape of its output.
pub(crate) struct Converted {
    /// The layer.
    pub(crate) layer: Entry,
    /// The shape of its output.
    pub(crate) shape: Shape,
}

/// A layer in its place, as its handler sees it.
pub(crate) struct Context<'a, 'f> {
    /// Class of the layer.
    pub(crate) class_name: &'a str,
    /// Its configuration.
    pub(crate) config: LayerConfig<'a>,
    /// Names of the layers that it reads, if they are given.
    pub(crate) inputs: Option<Vec<String>>,
    /// Shapes of what it reads.
    pub(crate) shapes: Vec<Shape>,
    /// The weights.
    pub(crate) weights: Weights<'a>,
    /// What was found so far, for layers that hold layers.
    pub(crate) findings: &'f mut Findings,
}

impl<'a> Context<'a, '_> {
    /// Name of the layer.
    pub(crate) fn name(&self) -> Result<&'a str, Problem> {
        self.config.text("name")
    }

    /// What every layer has.
    ///
    /// **Source:** `parse_default_keras_layer` of `hls4ml.converters.keras_v2_to_hls`, hls4ml 1.3.0.
    pub(crate) fn entry(&self) -> Result<Entry, Problem> {
        let mut layer = Entry::new().with("name", self.name()?).with("class_name", self.class_name);
        if let Some(inputs) = &self.inputs {
            layer.set("inputs", inputs.clone());
        }
        let format = self.config.0.get("data_format").cloned();
        layer.set("data_format", format.unwrap_or_else(|| "channels_last".into()));
        for key in ["activation", "epsilon", "use_bias"] {
            if let Some(value) = self.config.0.get(key) {
                layer.set(key, value.clone());
            }
        }
        Ok(layer)
    }

    /// The shape of the first input.
    pub(crate) fn shape(&self) -> Result<&Shape, Problem> {
        self.shapes.first().ok_or_else(|| {
            Problem::malformed(
                "expected the shape of an input, found none",
                "build the model before it is saved",
            )
        })
    }

    /// The dimensions of the first input without batch, channels last.
    ///
    /// **Source:** `parse_data_format` of `hls4ml.converters.utils`, hls4ml 1.3.0.
    pub(crate) fn pixels_and_channels<const RANK: usize>(&self) -> Result<[i64; RANK], Problem> {
        let dims = self.dims(self.shape()?)?;
        let dims = match (self.is_channels_first(), dims.as_slice()) {
            (false, _) => dims,
            (true, [channels, width]) => vec![*width, *channels],
            (true, [channels, height, width]) => vec![*height, *width, *channels],
            (true, [steps, channels, height, width]) => vec![*steps, *height, *width, *channels],
            (true, other) => other.to_vec(),
        };
        let last = dims.len().checked_sub(RANK).and_then(|start| dims.get(start..));
        last.and_then(|last| last.try_into().ok()).ok_or_else(|| {
            let message =
                format!("expected an input of {RANK} dimensions beside the batch, found {}", dims.len());
            Problem::unsupported(message, "reshape the input before this layer")
        })
    }

    /// The dimensions behind the batch, all of which must be known.
    pub(crate) fn dims(&self, shape: &Shape) -> Result<Vec<i64>, Problem> {
        let dims: Option<Vec<i64>> = shape.iter().skip(1).copied().collect();
        let n_elements = |dims: &Vec<i64>| dims.iter().fold(1, |n: i64, dim| n.saturating_mul(*dim));
        dims.filter(|dims| (0..=MOST_ELEMENTS).contains(&n_elements(dims))).ok_or_else(|| {
            Problem::unsupported(
                format!("expected an input whose shape is known, found {}", shown(shape)),
                "give the model an input of fixed size",
            )
        })
    }

    /// Whether the layer has its channels before the pixels.
    pub(crate) fn is_channels_first(&self) -> bool {
        self.config.get("data_format").and_then(Attribute::as_str) == Some("channels_first")
    }

    /// A shape with the batch of the first input, in the layer's layout.
    pub(crate) fn shape_of(&self, pixels: &[i64], channels: i64) -> Result<Shape, Problem> {
        let batch = self.batch()?;
        let pixels = pixels.iter().copied().map(Some);
        Ok(if self.is_channels_first() {
            [batch, Some(channels)].into_iter().chain(pixels).collect()
        } else {
            std::iter::once(batch).chain(pixels).chain([Some(channels)]).collect()
        })
    }

    /// The batch of the first input.
    pub(crate) fn batch(&self) -> Result<Option<i64>, Problem> {
        Ok(self.shape()?.first().copied().flatten())
    }

    /// Sets `<name>_data` to a weight, or to nothing if the layer has none.
    pub(crate) fn set_weight(&self, layer: &mut Entry, name: &str, part: &str) -> Result<(), Problem> {
        let value = self.weights.get(self.name()?, part)?;
        layer.set(name, value.map_or(Attribute::Null, Attribute::Array));
        Ok(())
    }

    /// A weight that must be there.
    pub(crate) fn weight(&self, part: &str) -> Result<Tensor, Problem> {
        self.weights.expect(self.name()?, part)
    }
}

/// The configuration of a layer that another one holds.
pub(crate) fn inner<'a>(config: LayerConfig<'a>, key: &str) -> Result<(&'a str, &'a Attributes), Problem> {
    let layer = LayerConfig(config.map(key)?);
    Ok((layer.text("class_name")?, layer.map("config")?))
}

/// A shape for messages.
pub(crate) fn shown(shape: &Shape) -> String {
    let dims = shape.iter().map(|dim| dim.map_or("?".to_owned(), |dim| dim.to_string()));
    format!("[{}]", dims.collect::<Vec<_>>().join(", "))
}
