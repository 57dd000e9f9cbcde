//! The stage about initialization: a layer made anew from what the converter gave is the layer that hls4ml made.
//!
//! In a graph before any flow, the attributes in front of `index` are the converter's; all others were made by hls4ml's
//! initialization. They are thrown away and made again, layer by layer.

use anyhow::{Context, Result, bail};
use hls4rs::layers::layers::LAYERS;
use hls4rs::prelude::*;
use hls4rs::types::QuantizeError;

use super::{Case, Verdict};

/// Attributes that hls4ml's backends add during initialization, which crates of backends do here.
const OF_BACKENDS: &[&str] = &[
    "accum_t",
    "conv_implementation",
    "depthwise_accum_t",
    "depthwise_result_t",
    "depthwise_reuse_factor",
    "exp_table_t",
    "implementation",
    "inv_inp_t",
    "inv_table_t",
    "n_inner",
    "n_outer",
    "parallelization_factor",
    "pointwise_accum_t",
    "pointwise_reuse_factor",
    "recurrent_reuse_factor",
    "reuse_factor",
    "skip",
    "static",
    "strategy",
    "table_range_power2",
    "table_size",
    "table_t",
];

/// See [`super::STAGES`].
pub(super) fn initialize(case: &Case) -> Result<Verdict> {
    if !case.is_parsed_stage() {
        return Ok(Verdict::DoesNotApply);
    }
    let stored = case.model()?.graph;
    let mut made = ModelGraph::new(stored.config.clone());
    made.set_io(stored.inputs().to_vec(), stored.outputs().to_vec());
    for (name, layer) in stored.layers() {
        let known = LAYERS.iter().copied().find(|spec| spec.class_name == layer.class_name());
        let Some(spec) = known else {
            return Ok(Verdict::Excluded("it has a layer of a class that nobody registered".to_owned()));
        };
        let state = layer.state();
        let given = state.attributes.iter().take_while(|(name, _)| *name != "index");
        let draft = Draft {
            spec,
            name: name.to_owned(),
            inputs: state.inputs.clone(),
            outputs: state.outputs.clone(),
            attributes: given.map(|(name, value)| (name, value.clone())).collect(),
        };
        if let Err(error) = made.add(draft) {
            return match reason_to_exclude(&error) {
                Some(reason) => Ok(Verdict::Excluded(reason.to_owned())),
                None => Err(error.into()),
            };
        }
        let again = made.layer(name).context("the layer is there")?;
        compare(&state.attributes, &again.state().attributes)
            .with_context(|| format!("{name} ({})", layer.kind()))?;
    }
    Ok(Verdict::Passed)
}

/// Why a layer need not be made: nothing that initialization itself could mend.
fn reason_to_exclude(error: &GraphError) -> Option<&'static str> {
    let GraphError::Layer { cause, .. } = error else { return None };
    match cause.as_ref() {
        LayerError::Quantize { cause: QuantizeError::NotComputable { .. }, .. } => {
            Some("its weights go through a quantizer of QKeras, whose values are kept but not computed")
        }
        LayerError::WrongAttribute { expected, .. } if expected == "a non-negative integer" => {
            Some("hls4ml computed negative dimensions")
        }
        _ => None,
    }
}

fn compare(stored: &Attributes, made: &Attributes) -> Result<()> {
    let is_ours = |name: &&str| !OF_BACKENDS.contains(name);
    for (name, value) in stored.iter().filter(|(name, _)| is_ours(name)) {
        match made.get(name) {
            None => bail!("attribute `{name}`: not made"),
            Some(found) if found != value => bail!("attribute `{name}`: expected {value:?}, found {found:?}"),
            Some(_) => {}
        }
    }
    let order = |attributes: &Attributes| -> Vec<String> {
        attributes.names().filter(is_ours).map(str::to_owned).collect()
    };
    let (expected, found) = (order(stored), order(made));
    if expected != found {
        bail!("order of attributes: expected {expected:?}, found {found:?}");
    }
    Ok(())
}
