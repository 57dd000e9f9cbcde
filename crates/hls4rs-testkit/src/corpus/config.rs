//! The stage about the configuration: what hls4ml derives from options, and what is derived here.

use anyhow::{Result, ensure};
use hls4rs::prelude::*;

use super::{Case, Verdict};

/// See [`super::STAGES`].
pub(super) fn config(case: &Case) -> Result<Verdict> {
    if !case.is_parsed_stage() {
        return Ok(Verdict::DoesNotApply);
    }
    let stored = case.model()?.graph.config;
    let default_flow = stored.flows.first().cloned().unwrap_or_default();
    let derived = Config::from_options(stored.options.clone(), &default_flow)?;
    let (stored, derived) = (format!("{stored:#?}"), format!("{derived:#?}"));
    let differs = stored.lines().zip(derived.lines()).find(|(stored, derived)| stored != derived);
    if let Some((stored, derived)) = differs {
        anyhow::bail!("expected `{}`, found `{}`", stored.trim(), derived.trim());
    }
    ensure!(stored == derived, "one configuration says more than the other");
    Ok(Verdict::Passed)
}
