//! What one core can do at most, and what a model asks of it.

use std::time::{Duration, Instant};

use hls4rs::Model;
use hls4rs::layers::LayerState;
use multiversion::multiversion;

/// Lanes that are computed with at the same time: more than the latency of the instructions times their number per cycle, and
/// few enough for registers.
const LANES: usize = 16 * 12;
/// Rounds of one measurement.
const ROUNDS: usize = 4096;

macro_rules! rounds {
    ($($name:ident $number:ident, $add:expr;)*) => {$(
        #[multiversion(targets(
            "x86_64+avx512f+avx512vl+avx512bw+avx512dq+avx2+fma",
            "x86_64+avx2+fma",
            "x86_64+sse4.1"
        ))]
        fn $name(lanes: &mut [$number; LANES], factor: $number, term: $number) {
            let add: fn($number, $number, $number) -> $number = $add;
            let mut held = *lanes;
            for _ in 0..ROUNDS {
                for lane in &mut held {
                    *lane = add(*lane, factor, term);
                }
            }
            *lanes = held;
        }
    )*};
}

rounds! {
    rounds_f32 f32, |lane, factor, term| lane.mul_add(factor, term);
    rounds_i32 i32, |lane, factor, term| lane.wrapping_mul(factor).wrapping_add(term);
}

/// Multiplications with an addition per second on one core, from registers.
#[derive(Debug, Clone, Copy)]
pub struct Peak {
    /// Of 32-bit floating-point lanes, which exact kernels compute with.
    pub f32: f64,
    /// Of 32-bit integer lanes.
    pub i32: f64,
}

/// Measures [`Peak`], as the best of many short runs within that time each.
#[must_use]
pub fn measure(time: Duration) -> Peak {
    let mut floats = [1.0f32; LANES];
    let mut integers = [1i32; LANES];
    Peak {
        f32: best(time, || rounds_f32(std::hint::black_box(&mut floats), 0.5, 0.25)),
        i32: best(time, || rounds_i32(std::hint::black_box(&mut integers), 3, 1)),
    }
}

fn best(time: Duration, mut run: impl FnMut()) -> f64 {
    let end = Instant::now() + time;
    let mut least = f64::MAX;
    while Instant::now() < end {
        let start = Instant::now();
        run();
        least = least.min(start.elapsed().as_secs_f64());
    }
    (LANES * ROUNDS) as f64 / least
}

/// Multiplications of a weight that the definition of the model has for one sample; those with a bias or scale are not counted.
#[must_use]
pub fn multiplications(model: &Model) -> usize {
    model.graph.layers().map(|(_, layer)| of_layer(layer.state())).sum()
}

fn of_layer(state: &LayerState) -> usize {
    let elements = |name: &str| state.weight(name).map_or(0, |weight| weight.data.len());
    let matrix = state.weight("weight").map(|weight| weight.data.shape().to_vec()).unwrap_or_default();
    let output = state.outputs.first().and_then(|output| state.variable(output)?.dims());
    let output: usize = output.map_or(0, |dims| dims.iter().product());
    if let Ok(steps) = state.size("n_timesteps") {
        return steps * (elements("weight") + elements("recurrent_weight"));
    }
    // each position of the output takes each weight once
    let channels = ["n_filt", "n_out"].into_iter().find_map(|name| state.size(name).ok());
    match channels {
        Some(channels) if matrix.len() > 1 || state.size("n_in").is_ok() => {
            elements("weight") * (output / channels.max(1))
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiplications_are_those_of_the_definition() {
        let model = Model::new(hls4rs_tests_model());
        assert_eq!(multiplications(&model), 4 * 3 + 3 * 2);
        let peak = measure(Duration::from_millis(2));
        assert!(peak.f32 > 0.0 && peak.i32 > 0.0);
    }

    fn hls4rs_tests_model() -> hls4rs::prelude::ModelGraph {
        use hls4rs::layers::layers::{Activation, Dense, Input};
        use hls4rs::prelude::*;
        let zeros = |shape: &[usize]| Tensor::zeros(shape).unwrap_or_else(|error| panic!("{error}"));
        let mut graph = ModelGraph::new(Config::default());
        graph.set_io(["x"], ["fc2"]);
        let added = [
            graph.add(Input::builder("x").input_shape([4])).map(drop),
            graph.add(Dense::builder("fc1").n_in(4).n_out(3).weight(zeros(&[4, 3]))).map(drop),
            graph.add(Activation::builder("relu").activation("relu")).map(drop),
            graph.add(Dense::builder("fc2").n_in(3).n_out(2).weight(zeros(&[3, 2]))).map(drop),
        ];
        assert!(added.iter().all(Result::is_ok), "{added:?}");
        graph
    }
}
