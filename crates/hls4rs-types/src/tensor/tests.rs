//! Tests of arrays.

use super::*;

#[test]
fn keeps_fortran_order() {
    let tensor = Tensor::with_order(&[2, 3], vec![1f32, 4.0, 2.0, 5.0, 3.0, 6.0], Order::Fortran).unwrap();
    assert_eq!(tensor.order(), Order::Fortran);
    assert_eq!(tensor.iter_f64().unwrap().collect::<Vec<_>>(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let back = Tensor::from_bytes(DType::F32, &[2, 3], Order::Fortran, &tensor.to_bytes().unwrap()).unwrap();
    assert_eq!(back, tensor);
    assert_ne!(Tensor::new(&[2, 3], vec![1f32, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap(), tensor);
}

#[test]
fn every_type_survives_its_bytes() {
    for dtype in DType::ALL {
        let bytes: Vec<u8> = (0..6 * dtype.size()).map(|i| (i % 2) as u8).collect();
        for order in [Order::C, Order::Fortran] {
            let tensor = Tensor::from_bytes(dtype, &[3, 2], order, &bytes).unwrap();
            assert_eq!((tensor.dtype(), tensor.to_bytes().unwrap()), (dtype, bytes.clone()));
        }
    }
}

#[test]
fn equality_is_to_the_bit() {
    assert_eq!(Tensor::vector(vec![f32::NAN]), Tensor::vector(vec![f32::NAN]));
    assert_ne!(Tensor::vector(vec![0f32]), Tensor::vector(vec![-0f32]));
    assert_ne!(Tensor::vector(vec![0f32]), Tensor::vector(vec![0f64]));
}

#[test]
fn refuses_wrong_counts() {
    assert!(matches!(Tensor::new(&[2, 2], vec![0u8; 3]), Err(TensorError::ElementCount { found: 3, .. })));
    assert!(matches!(Tensor::zeros(&[usize::MAX, 2]), Err(TensorError::Overflow { .. })));
    let error = Tensor::from_bytes(DType::Bool, &[1], Order::C, &[2]).unwrap_err();
    assert_eq!(error.to_string(), "array of bool: expected the byte 0 or 1, found 2");
}

#[test]
fn scalars_and_empty_arrays_exist() {
    assert_eq!(Tensor::new(&[], vec![1f64]).unwrap().len(), 1);
    assert!(Tensor::new(&[0, 3], Vec::<f64>::new()).unwrap().is_empty());
}

struct Once(&'static str, std::sync::atomic::AtomicUsize);

impl TensorSource for Once {
    fn load(&self) -> Result<Tensor, TensorError> {
        self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        match self.0 {
            "right" => Tensor::new(&[2], vec![1f32, 2.0]),
            "other" => Tensor::new(&[2], vec![1f64, 2.0]),
            place => Err(TensorError::Load { message: format!("{place}: gone") }),
        }
    }
}

fn deferred(answer: &'static str) -> Tensor {
    Tensor::deferred(DType::F32, &[2], Order::Fortran, Once(answer, 0.into())).unwrap()
}

#[test]
fn shapes_beyond_all_memory_are_refused_even_if_empty() {
    for shape in [&[usize::MAX, 2][..], &[0, usize::MAX], &[usize::MAX, 0], &[1 << 62, 2, 0], &[1 << 63]] {
        let error = Tensor::from_bytes(DType::U8, shape, Order::C, &[]).unwrap_err();
        assert!(matches!(error, TensorError::Overflow { .. }), "{shape:?}: {error}");
    }
    assert!(Tensor::from_bytes(DType::U8, &[0, 1 << 62], Order::C, &[]).unwrap().is_empty());
}

#[test]
fn elements_are_loaded_once_and_when_needed() {
    let tensor = deferred("right");
    let other = tensor.clone();
    assert_eq!((tensor.len(), tensor.order(), tensor.is_loaded()), (2, Order::C, false));
    assert_eq!(tensor.iter_f64().unwrap().collect::<Vec<_>>(), [1.0, 2.0]);
    assert!(other.is_loaded() && other.shares_memory(&tensor));
    assert_eq!(other, Tensor::vector(vec![1f32, 2.0]));
    assert_eq!(deferred("right"), other);
}

#[test]
fn elements_that_cannot_be_loaded_are_an_error_each_time() {
    let tensor = deferred("array `w.npy`");
    for _ in 0..2 {
        assert_eq!(tensor.load().unwrap_err().to_string(), "array `w.npy`: gone");
    }
    assert!(tensor.view::<f32>().is_err() && tensor.to_bytes().is_err() && !tensor.is_loaded());
    assert!(tensor == tensor.clone() && tensor != deferred("array `w.npy`"));
    let message = "expected Tensor(float32 [2]), found Tensor(float64 [2])";
    assert_eq!(deferred("other").load().unwrap_err().to_string(), message);
}

#[test]
fn elements_are_given_back_where_nobody_shares_them() {
    let array = || Tensor::new(&[2, 2], vec![1f32, 2.0, 3.0, 4.0]).unwrap();
    assert_eq!(array().into_elements::<f32>(), Some(vec![1.0, 2.0, 3.0, 4.0]));
    assert_eq!(array().into_elements::<f64>(), None);
    let shared = array();
    assert_eq!(shared.clone().into_elements::<f32>(), None);
    assert_eq!(shared, array());
    assert_eq!(shared.into_elements::<f32>().map(|elements| elements.len()), Some(4));
    let empty = Tensor::new(&[0, 3], Vec::<i8>::new()).unwrap();
    assert_eq!(empty.into_elements::<i8>(), Some(Vec::new()));
}
