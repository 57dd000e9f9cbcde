//! Builds a network of three layers in code, checks it, prints it, and saves it to the path that is given.
//!
//! ```text
//! cargo run -p build-a-model -- three-layers.fml
//! ```

use std::error::Error;
use std::io::Write;

use hls4rs::layers::layers::{Activation, Dense, Input};
use hls4rs::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("expected the path of the archive to write, found none")?;
    let graph = build()?;
    let mut stdout = std::io::stdout().lock();
    for diagnostic in graph.verify() {
        writeln!(stdout, "{diagnostic}")?;
    }
    write!(stdout, "{graph}")?;
    Model::new(graph).save(&path)?;
    writeln!(stdout, "saved to {}", path.display())?;
    Ok(())
}

/// `y = relu(x · W + b)`, with weights of fewer bits than the rest.
fn build() -> Result<ModelGraph, Box<dyn Error>> {
    let mut graph = ModelGraph::new(config()?);
    graph.set_io(["x"], ["relu"]);
    graph.add(Input::builder("x").input_shape([4]))?;
    let weight = Tensor::new(&[4, 2], vec![0.5f32, -1.0, 0.25, 0.0, 1.5, 2.0, -0.75, 0.125])?;
    let bias = Tensor::vector(vec![0.5f32, -0.5]);
    graph.add(Dense::builder("fc").n_in(4).n_out(2).weight(weight).bias(bias))?;
    graph.add(Activation::builder("relu").activation("relu"))?;
    graph.set_precision("relu", "result", "ufixed<8,3,RND,SAT>".parse()?)?;
    Ok(graph)
}

/// The configuration as it would be given to hls4ml's converter.
fn config() -> Result<Config, GraphError> {
    let map = |entries: Vec<(&str, Attribute)>| Attribute::Map(entries.into_iter().collect());
    let model = map(vec![
        ("Precision", map(vec![("default", "fixed<16,6>".into()), ("weight", "fixed<8,3>".into())])),
        ("ReuseFactor", 1.into()),
        ("Strategy", "Latency".into()),
    ]);
    let options = Attributes::from([
        ("OutputDir", Attribute::from("three-layers-prj")),
        ("ProjectName", "three_layers".into()),
        ("Backend", "Vitis".into()),
        ("Part", "xcvu13p-flga2577-2-e".into()),
        ("ClockPeriod", 5.into()),
        ("IOType", "io_parallel".into()),
        ("HLSConfig", map(vec![("Model", model)])),
    ]);
    Config::from_options(options, "vitis:ip")
}
