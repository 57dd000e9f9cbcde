//! Z and E: limits, and what errors say.

use hls4rs::archive::member::{CONFIG, LAYERS, WEIGHTS};
use hls4rs::archive::{Archive as Opened, Limit, ReadLimits, read_npz, write_npy, write_npz};
use hls4rs::prelude::*;
use hls4rs::types::{DType, Order};
use hls4rs_tests::{Archive, Member, gzip, hostile_archives, tar as tar_of};
use tar::EntryType;

use super::{archive, array, large, model, refusal, specification, with_json};

fn within(bytes: &[u8], limits: ReadLimits) -> Result<(), ArchiveError> {
    Model::from_bytes(bytes, &ReadOptions::default().with_limits(limits)).map(drop)
}

/// The number in a cell such as `2 GiB` or `2³⁰`.
fn number(cell: &str) -> u64 {
    match cell.split_once(' ') {
        None if cell == "2³⁰" => 1 << 30,
        None => cell.parse().unwrap(),
        Some((count, "GiB")) => count.parse::<u64>().unwrap() << 30,
        Some((count, "MiB")) => count.parse::<u64>().unwrap() << 20,
        Some(_) => panic!("{cell}"),
    }
}

#[test]
fn z1_the_table_is_what_is_believed() {
    let text = specification();
    let (_, table) = text.split_once("| limit | default |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let listed: Vec<(String, u64)> =
        cells.map(|cells| (cells[1].trim_matches('`').to_owned(), number(cells[2]))).collect();
    let defaults = ReadLimits::default();
    let known = Limit::ALL.map(|limit| (limit.field().to_owned(), defaults.get(limit)));
    assert_eq!(listed, known);
}

/// Each limit, at the most that the archive needs and one below.
#[test]
fn z1_each_limit_is_kept() {
    let longest = "n".repeat(30);
    let archive = archive().with(&longest, vec![1; 40_000]);
    let bytes = archive.pack();
    let unpacked = archive.members.iter().map(|(_, content)| 512 + content.len().next_multiple_of(512));
    let json = archive.content(LAYERS).len();
    for (limit, needed) in [
        (Limit::Compressed, bytes.len()),
        (Limit::Unpacked, unpacked.sum::<usize>() + 1024),
        (Limit::Members, archive.members.len()),
        (Limit::Member, json.max(40_000)),
        (Limit::Name, 30),
        (Limit::Json, json),
        (Limit::Rank, 2),
        (Limit::Elements, 12),
        (Limit::TotalElements, 12 + 3 + 6 + 2),
    ] {
        let with = |value: usize| within(&bytes, ReadLimits::default().with(limit, value as u64));
        assert!(with(needed).is_ok(), "{limit:?} {needed}: {:?}", with(needed).err());
        let refused = with(needed - 1).unwrap_err().to_string();
        assert!(refused.ends_with(&format!("(limit `{}`)", limit.field())), "{limit:?}: {refused}");
    }
    let deep = |depth: usize| {
        let note = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        with_json(&serde_json::from_str(&note).unwrap()).pack()
    };
    let limits = ReadLimits::default().with_json_depth(20);
    // the document, the layer, its state and the attributes are around
    assert!(within(&deep(16), limits.clone()).is_ok());
    assert!(within(&deep(17), limits).unwrap_err().to_string().contains("(limit `json_depth`)"));
}

#[test]
fn z2_the_ratio_counts_beyond_16_mib() {
    let zeros = |mebibytes: usize| archive().with("zeros", vec![0; mebibytes << 20]).pack();
    assert!(within(&zeros(15), ReadLimits::default().with_ratio(1)).is_ok());
    let refused = within(&zeros(20), ReadLimits::default().with_ratio(20)).unwrap_err().to_string();
    assert!(refused.contains("(limit `ratio`)"), "{refused}");
    assert!(within(&zeros(20), ReadLimits::default()).is_ok());
    // by the fields of blocks, before anything is unpacked
    let mut model = model();
    model.extra.insert("zeros".to_owned(), vec![0; 40 << 20]);
    let blocks = model.to_bytes(&SaveOptions::default()).unwrap();
    assert!(matches!(
        Opened::from_bytes(blocks, &ReadOptions::default()),
        Err(ArchiveError::Limit { limit: Limit::Ratio, .. })
    ));
}

#[test]
fn z3_sizes_are_not_believed() {
    let claim = |size: &str, name: &str| {
        let record = format!("{} size={size}\n", size.len() + 9);
        assert_eq!(record.len(), size.len() + 9);
        let members =
            [Member::extension(EntryType::XHeader, record.as_bytes()), Member::plain(name, &[1; 200])];
        within(&gzip(&tar_of(&members)), ReadLimits::default()).unwrap_err()
    };
    for (size, limit) in [("2000000000", Limit::Ratio), ("3000000000", Limit::Member)] {
        for name in ["a", "a.npy"] {
            let error = claim(size, name);
            assert!(matches!(error, ArchiveError::Limit { limit: found, .. } if found == limit), "{error}");
        }
    }
    assert!(matches!(claim("99999999", CONFIG), ArchiveError::Limit { limit: Limit::Json, .. }));
    assert!(claim("18446744073709551615", "a").to_string().starts_with("tar: "));
    // an array whose header says more than there is
    let mut npy = write_npy("a", &array()).unwrap();
    let at = npy.windows(6).position(|window| window == b"(2, 5)").unwrap();
    npy[at..at + 10].copy_from_slice(b"(99999, 5)");
    assert!(
        refusal(&archive().with("fc1_bias_data.npy", npy).pack()).starts_with("array `fc1_bias_data.npy`: ")
    );
}

#[test]
fn z4_weights_npz_is_measured_too() {
    let npz = write_npz(WEIGHTS, [("a", &array()), ("b", &array())]).unwrap();
    let bytes = archive().with(WEIGHTS, npz).pack();
    for (limit, needed) in [(Limit::TotalElements, 23), (Limit::Elements, 12), (Limit::Rank, 2)] {
        assert!(within(&bytes, ReadLimits::default().with(limit, needed)).is_ok(), "{limit:?}");
    }
    let inline = with_json(&serde_json::to_value(array()).unwrap()).pack();
    assert!(within(&inline, ReadLimits::default().with_elements(12)).is_ok());
    let many = with_json(&serde_json::to_value(Tensor::zeros(&[13]).unwrap()).unwrap()).pack();
    let refused = within(&many, ReadLimits::default().with_elements(12)).unwrap_err().to_string();
    assert!(refused.starts_with("member `model_arch.json`: expected at most 12 elements"), "{refused}");
    let only = Archive::saved(&model(), &SaveOptions::default().with_arrays(ArrayLayout::Npz)).pack();
    for (limit, most) in
        [(Limit::TotalElements, 22), (Limit::Elements, 11), (Limit::Rank, 1), (Limit::Member, 100)]
    {
        assert!(within(&only, ReadLimits::default().with(limit, most)).is_err(), "{limit:?}");
    }
}

/// Entries of a zip archive whose directory names the same ones again and again.
#[test]
fn z4_entries_that_lie_upon_each_other_gain_nothing() {
    let zeros = Tensor::from_bytes(DType::Bool, &[1 << 20], Order::C, &vec![0; 1 << 20]).unwrap();
    let npz = write_npz(WEIGHTS, [("aaaa", &zeros)]).unwrap();
    // the directory has one entry, and 22 bytes behind it say how many there are and where
    let place = npz.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let (content, directory) = npz.split_at(place);
    let (entry, end) = directory.split_at(directory.len() - 22);
    let mut bomb = content.to_vec();
    for i in 0..40u16 {
        let mut entry = entry.to_vec();
        entry[46..50].copy_from_slice(format!("{i:04}").as_bytes());
        bomb.extend(entry);
    }
    let mut end = end.to_vec();
    for at in [8, 10] {
        end[at..at + 2].copy_from_slice(&40u16.to_le_bytes());
    }
    end[12..16].copy_from_slice(&(40 * entry.len() as u32).to_le_bytes());
    bomb.extend(end);
    let read = read_npz(WEIGHTS, &bomb).map(|arrays| arrays.len());
    assert_eq!(read.unwrap(), 40);
    let bytes = archive().with(WEIGHTS, bomb).pack();
    let refused = within(&bytes, ReadLimits::default().with_ratio(100)).unwrap_err();
    assert!(matches!(refused, ArchiveError::Limit { limit: Limit::Ratio, .. }), "{refused}");
}

#[test]
fn z5_the_message_tells_which_limit() {
    let bytes = large().to_bytes(&SaveOptions::default()).unwrap();
    let error = within(&bytes, ReadLimits::default().with_elements(80_000)).unwrap_err();
    let expected = "array `fc1_noise.npy`: expected at most 80000 elements, found 90000 (limit `elements`)";
    assert_eq!(error.to_string(), expected);
    assert!(error.help().unwrap().contains("--limit"));
}

#[test]
fn e1_errors_are_one_sentence_with_the_place() {
    let control = refusal(&with_json(&serde_json::json!("@ndarray:a\n\u{1b}b")).pack());
    assert!(!control.contains(char::is_control), "{control:?}");
    for hostile in hostile_archives() {
        let message = refusal(&hostile.bytes);
        assert!(!message.contains('\n') && !message.ends_with('.'), "{}: {message}", hostile.name);
        let begins = ["gzip: ", "tar: ", "member `", "array `", "extension record: "];
        let names_layer = message.contains("): attribute `");
        assert!(names_layer || begins.iter().any(|begin| message.starts_with(begin)), "{message}");
    }
}
