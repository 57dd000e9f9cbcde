//! Scratch.
#![allow(clippy::all, clippy::print_stdout, clippy::unwrap_used)]
use std::time::Instant;
use hls4rs::archive::read_npz;
use hls4rs::prelude::*;
use hls4rs::{plan, PredictOptions};
fn main() {
    let only: Vec<String> = std::env::args().skip(1).collect();
    for name in ["jet", "lstm", "svhn", "resnet"] {
        if !only.is_empty() && !only.iter().any(|o| o == name) { continue; }
        let model = Model::open(format!("/work/shared/bench/{name}.fml")).unwrap();
        let plan = plan(&model).unwrap();
        let arrays = read_npz("io", &std::fs::read(format!("/work/shared/bench/{name}.npz")).unwrap()).unwrap();
        let rows: Vec<f32> = arrays["x0"].view::<f32>().unwrap().iter().copied().collect();
        let len = plan.inputs()[0].len();
        let n = if name == "resnet" { 700 } else { 4096 };
        let many: Vec<f32> = rows.iter().copied().cycle().take(n * len).collect();
        let many = [Tensor::new(&[n, len], many).unwrap()];
        let pool = hls4rs_testkit::threads(1).unwrap();
        pool.install(|| {
            let o = PredictOptions::default();
            let mut base = plan.predictor(o);
            let mut traced = plan.predictor(o.with_trace(true));
            let time = |f: &mut dyn FnMut()| { let t = Instant::now(); f(); t.elapsed().as_secs_f64() / n as f64 * 1e6 };
            let mut all = vec![vec![]; 4];
            let start = Instant::now();
            while start.elapsed().as_secs_f64() < 12.0 || all[0].len() < 5 {
                all[0].push(time(&mut || { base.predict(&many).unwrap(); }));
                all[1].push(time(&mut || { traced.predict(&many).unwrap(); }));
                if all[2].len() < 6 {
                all[2].push(time(&mut || { plan.predict(&many, o).unwrap(); }));
                all[3].push(time(&mut || { plan.predict(&many, o.with_trace(true)).unwrap(); })); }
            }
            let med = |v: &mut Vec<f64>| { v.sort_by(f64::total_cmp); (v[0], v[v.len() / 2]) };
            let m: Vec<_> = all.iter_mut().map(med).collect();
            let mut r: Vec<f64> = vec![];
            println!("{name}: n {} min/med base {:.2?} trace {:.2?} | plan base {:.2?} trace {:.2?} | ratio min {:.2} med {:.2} | fresh {:.2} {:.2}", all[0].len(), m[0], m[1], m[2], m[3], m[1].0/m[0].0, m[1].1/m[0].1, m[3].0/m[2].0, m[3].1/m[2].1);
            let _ = &mut r;
        });
    }
}
