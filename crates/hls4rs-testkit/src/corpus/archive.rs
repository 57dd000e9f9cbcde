//! Stages about the archive: nothing is lost between reading and writing.

use anyhow::{Result, bail, ensure};
use hls4rs::archive::{Archive, read_members, write_members};
use hls4rs::graph::{Severity, check_structure};
use hls4rs::prelude::*;

use super::{Case, Verdict};

fn verbatim() -> SaveOptions {
    SaveOptions::default().with_plain(true).with_verbatim(true).with_level(1)
}

/// See [`super::STAGES`].
pub(super) fn load(case: &Case) -> Result<Verdict> {
    check_structure(&case.model()?.graph)?;
    Ok(Verdict::Passed)
}

/// See [`super::STAGES`].
pub(super) fn members(case: &Case) -> Result<Verdict> {
    let before = read_members(&case.bytes)?;
    let after = read_members(&write_members(&case.model()?.to_members(&verbatim())?, 1, true)?)?;
    for (name, bytes) in &before {
        let Some(written) = after.get(name) else { bail!("member `{name}`: missing") };
        if written != bytes {
            let at = bytes.iter().zip(written).take_while(|(a, b)| a == b).count();
            let around = |bytes: &[u8]| {
                let from = at.saturating_sub(40);
                let piece = bytes.get(from..(at + 60).min(bytes.len())).unwrap_or_default();
                String::from_utf8_lossy(piece).into_owned()
            };
            bail!("member `{name}`: differs at byte {at}: {:?} became {:?}", around(bytes), around(written));
        }
    }
    if let Some(added) = after.keys().find(|name| !before.contains_key(*name)) {
        bail!("member `{added}`: added");
    }
    ensure!(before.keys().eq(after.keys()), "members come in another order");
    Ok(Verdict::Passed)
}

/// See [`super::STAGES`].
pub(super) fn reopen(case: &Case) -> Result<Verdict> {
    same_after(case, &verbatim())
}

/// See [`super::STAGES`].
pub(super) fn npz(case: &Case) -> Result<Verdict> {
    same_after(case, &verbatim().with_arrays(ArrayLayout::Npz))
}

fn same_after(case: &Case, options: &SaveOptions) -> Result<Verdict> {
    let model = case.model()?;
    let again = Model::from_bytes(&model.to_bytes(options)?, &ReadOptions::default())?;
    ensure!(again == model, "the reopened model is another one");
    Ok(Verdict::Passed)
}

/// See [`super::STAGES`].
pub(super) fn save(case: &Case) -> Result<Verdict> {
    let options = SaveOptions::default().with_level(1);
    let bytes = case.model()?.to_bytes(&options)?;
    let archive = Archive::from_bytes(bytes, &ReadOptions::default())?;
    let found = archive.verify()?;
    ensure!(archive.manifest().is_some() && found.is_empty(), "{found:?}");
    let first = archive.into_model()?;
    // what the first time was repaired is now as it is written
    let bytes = first.to_bytes(&options)?;
    let again = Model::from_bytes(&bytes, &ReadOptions::default())?;
    ensure!(again == first, "the reopened model is another one");
    ensure!(again.to_bytes(&options)? == bytes, "the bytes are others");
    Ok(Verdict::Passed)
}

/// See [`super::STAGES`].
pub(super) fn migrate(case: &Case) -> Result<Verdict> {
    let archive = Archive::from_bytes(case.bytes.as_slice(), &ReadOptions::default().with_migrate(true))?;
    let changes = archive.migrations()?;
    let model = archive.into_model()?;
    let is_old = case.model()?.version.hls4ml.starts_with("1.2");
    ensure!(is_old != changes.is_empty(), "{changes:?}");
    let bytes = model.to_bytes(&verbatim())?;
    let left = Archive::from_bytes(bytes, &ReadOptions::default())?.migrations()?;
    ensure!(left.is_empty(), "still to change: {left:?}");
    Ok(Verdict::Passed)
}

/// See [`super::STAGES`].
pub(super) fn verify(case: &Case) -> Result<Verdict> {
    let model = case.model()?;
    let errors = model.graph.verify().into_iter().filter(|found| found.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|found| found.to_string()).collect();
    ensure!(errors.is_empty(), "{}", errors.join("; "));
    Ok(Verdict::Passed)
}

/// See [`super::STAGES`].
pub(super) fn print(case: &Case) -> Result<Verdict> {
    let model = case.model()?;
    let again = Model::from_bytes(&model.to_bytes(&verbatim())?, &ReadOptions::default())?;
    ensure!(again.graph.to_string() == model.graph.to_string(), "the text form is another one");
    Ok(Verdict::Passed)
}
