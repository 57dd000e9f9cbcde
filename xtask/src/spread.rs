//! Choosing some of many, evenly and always the same.

/// Chooses `count` of the items, evenly over their order; all of them if there are fewer.
pub(crate) fn spread<T>(items: &[T], count: usize) -> impl Iterator<Item = &T> {
    let count = count.min(items.len());
    (0..count).filter_map(move |n| items.get(n * items.len() / count))
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn is_even_and_in_order() {
        let items: Vec<u32> = (0..10).collect();
        assert_eq!(spread(&items, 5).collect::<Vec<_>>(), [&0, &2, &4, &6, &8]);
        assert_eq!(spread(&items, 3).collect::<Vec<_>>(), [&0, &3, &6]);
    }

    #[test]
    fn takes_all_of_few_and_none_of_none() {
        assert_eq!(spread(&[1, 2], 5).count(), 2);
        assert_eq!(spread::<u8>(&[], 5).count(), 0);
        assert_eq!(spread(&[1, 2], 0).count(), 0);
    }
}
