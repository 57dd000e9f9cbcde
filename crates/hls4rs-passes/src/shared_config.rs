//! Configurations that hls4ml keeps once and refers to from several layers.

use hls4rs_graph::{ModelGraph, Patch};
use hls4rs_types::{Attribute, Attributes};

/// Sets the precision of the result where the configuration of a layer of this kind has its precisions: at the layer, else
/// at the kind, and then at all layers that got the kind's.
///
/// **Source:** `QuantToActivation.transform` writes into the map of precisions that `HLSConfig.get_layer_config` returns,
/// hls4ml 1.3.0. That map is the one of the configuration itself, and of every layer which was made with it before.
pub(crate) fn share_result_precision(patch: &mut Patch<'_>, name: &str, kind: &str, result: &str) {
    let graph = patch.graph_mut();
    if let Some(precisions) = precisions_mut(graph, "LayerName", name) {
        precisions.insert("result", result);
        return;
    }
    let Some(precisions) = precisions_mut(graph, "LayerType", kind) else { return };
    let before = precisions.clone();
    precisions.insert("result", result);
    for sharer in sharers(graph, &before) {
        if let Some(precisions) = precisions_mut(graph, "LayerName", &sharer) {
            precisions.insert("result", result);
        }
        let attributes = graph.layer_mut(&sharer).map(|layer| &mut layer.state_mut().attributes);
        if let Some(Attribute::Map(precisions)) = attributes.and_then(|all| all.get_mut("precision")) {
            precisions.insert("result", result);
        }
    }
}

/// Layers that were made from a `Quant` layer without precisions of its own: its activation, and its scaling back unless
/// that has a copy, as behind a constant.
fn sharers(graph: &ModelGraph, shared: &Attributes) -> Vec<String> {
    let Some(layers) = section(graph, "LayerName") else { return Vec::new() };
    let precisions = |name: &str| layers.get(name)?.as_map()?.get("Precision")?.as_map();
    let is_made = |name: &str| {
        let stem = match (name.strip_suffix("_act"), name.strip_suffix("_rescale")) {
            (Some(stem), _) if !layers.contains(&format!("{stem}_scale")) => Some(stem),
            (_, Some(stem)) if layers.contains(&format!("{stem}_scale")) => Some(stem),
            _ => None,
        };
        stem.is_some_and(|stem| precisions(stem).is_none() && graph.layer(stem).is_none())
    };
    let sharing = layers.names().filter(|name| precisions(name) == Some(shared) && is_made(name));
    sharing.map(str::to_owned).collect()
}

fn section<'g>(graph: &'g ModelGraph, section: &str) -> Option<&'g Attributes> {
    graph.config.options.get("HLSConfig")?.as_map()?.get(section)?.as_map()
}

fn precisions_mut<'g>(graph: &'g mut ModelGraph, section: &str, name: &str) -> Option<&'g mut Attributes> {
    let mut map = &mut graph.config.options;
    for key in ["HLSConfig", section, name, "Precision"] {
        let Some(Attribute::Map(inner)) = map.get_mut(key) else { return None };
        map = inner;
    }
    Some(map)
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::ModelGraph;

    use super::*;
    use crate::passes::ReplaceQuantByActivation;
    use crate::testing::{graph, quant, rewrite, vector};

    fn result<'g>(graph: &'g ModelGraph, names: &[&str]) -> Option<&'g str> {
        let mut path = ["HLSConfig"].iter().chain(names);
        let map = path.try_fold(&graph.config.options, |map, name| map.get(name)?.as_map());
        map?.get("Precision")?.as_map()?.get("result")?.as_str()
    }

    #[test]
    fn precisions_of_a_kind_are_those_of_all_layers_made_with_them() {
        let mut graph = graph(&[2], "b");
        let precisions = Attributes::from([("Precision", Attributes::from([("result", "auto")]))]);
        if let Some(Attribute::Map(hls)) = graph.config.options.get_mut("HLSConfig") {
            hls.insert("LayerType", Attributes::from([("Quant", precisions)]));
        }
        graph.add(quant("a", "x", vector(&[1.0]), 0.0, 4.0)).unwrap();
        graph.add(quant("b", "a", vector(&[1.0]), 0.0, 6.0)).unwrap();
        for _ in 0..2 {
            rewrite(&mut graph, &ReplaceQuantByActivation);
        }
        let six = Some("fixed<6,6,RND_CONV,SAT,0>");
        assert_eq!(result(&graph, &["LayerType", "Quant"]), six);
        assert_eq!(result(&graph, &["LayerName", "a_act"]), six);
        let stated =
            graph.node("a_act").and_then(|node| node.get("precision")?.as_map()?.get("result")?.as_str());
        assert_eq!(stated, six);
        // what the layers themselves got stays
        assert_eq!(crate::testing::precision(&graph, "a_act"), "fixed<4,4,RND_CONV,SAT,0>");
    }
}
