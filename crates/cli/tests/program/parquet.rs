//! Parquet files: each row is a message, whatever lies around the file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::inputs;
use crate::program;
use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray,
    RecordBatch, StringArray, StructArray, TimestampMicrosecondArray, TimestampMillisecondArray,
};
use arrow::datatypes::{Field, Int64Type};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::fs;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use sumoql_data::message::Input;
use sumoql_input::{InputRequest, open};

fn write(path: &Path, columns: Vec<(&str, ArrayRef)>, compression: Compression) {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)));
    let batch = batch.unwrap();
    let properties =
        WriterProperties::builder().set_compression(compression).set_max_row_group_row_count(Some(700)).build();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// So many rows with a number and a text.
fn numbers(path: &Path, rows: i64, compression: Compression) {
    let text: Vec<String> = (0..rows).map(|n| format!("row {n}")).collect();
    let number = Arc::new(Int64Array::from_iter_values(0..rows)) as ArrayRef;
    write(path, vec![("n", number), ("text", Arc::new(StringArray::from(text)))], compression);
}

fn request(path: &Path, chunk: usize) -> InputRequest {
    InputRequest { paths: vec![path.to_string_lossy().into()], chunk, ..InputRequest::default() }
}

fn raws(path: &Path, chunk: usize, threads: usize) -> Vec<String> {
    let opened = open(&request(path, chunk)).unwrap();
    let found = inputs::messages(&opened, threads).into_iter().map(|(_, _, raw, _)| raw).collect();
    assert!(opened.problems().is_empty(), "{:?}", opened.problems());
    found
}

#[test]
fn columns_become_members() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    let inner = StructArray::from(vec![(
        Arc::new(Field::new("user", arrow::datatypes::DataType::Utf8, true)),
        Arc::new(StringArray::from(vec![Some("ann\n"), None])) as ArrayRef,
    )]);
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), None]), None]);
    write(
        &path,
        vec![
            ("at", Arc::new(TimestampMillisecondArray::from(vec![1_714_521_600_123, 0]).with_timezone("UTC"))),
            ("local", Arc::new(TimestampMicrosecondArray::from(vec![Some(1_714_521_600_000_000), None]))),
            ("day", Arc::new(Date32Array::from(vec![19_844, 0]))),
            ("size", Arc::new(Int64Array::from(vec![Some(i64::MAX), None]))),
            ("ratio", Arc::new(Float64Array::from(vec![0.5, -1e300]))),
            ("ok", Arc::new(BooleanArray::from(vec![true, false]))),
            ("price", Arc::new(Decimal128Array::from(vec![12_345, -5]).with_precision_and_scale(10, 2).unwrap())),
            ("hash", Arc::new(BinaryArray::from(vec![&b"\x00\xff"[..], b""]))),
            ("who", Arc::new(inner)),
            ("list", Arc::new(list)),
        ],
        Compression::SNAPPY,
    );
    let expected = [
        r#"{"at":"2024-05-01T00:00:00.123Z","local":"2024-05-01T00:00:00","day":"2024-05-01","size":9223372036854775807,"ratio":0.5,"ok":true,"price":123.45,"hash":"00ff","who":{"user":"ann\n"},"list":[1,null]}"#,
        r#"{"at":"1970-01-01T00:00:00Z","local":null,"day":"1970-01-01","size":null,"ratio":-1.0e300,"ok":false,"price":-0.05,"hash":"","who":{"user":null},"list":null}"#,
    ];
    assert_eq!(raws(&path, 0, 1), expected);
}

#[test]
fn rows_are_the_same_however_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let expected: Vec<String> = (0..3000).map(|n| format!(r#"{{"n":{n},"text":"row {n}"}}"#)).collect();
    let (mut seen, path) = (Vec::new(), folder.path().join("n.parquet"));
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::GZIP(Default::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
        Compression::BROTLI(Default::default()),
    ] {
        numbers(&path, 3000, compression);
        for (chunk, threads) in [(1, 3), (0, 1), (1000, 2)] {
            assert_eq!(raws(&path, chunk, threads), expected, "{compression} {chunk}");
        }
        seen.push(fs::read(&path).unwrap());
    }
    let opened = open(&request(&path, 0)).unwrap();
    let before = inputs::messages(&opened, 2);
    assert_eq!(opened.total_bytes(), Some(opened.consumed().load(std::sync::atomic::Ordering::Relaxed)));
    assert!(opened.restart());
    assert_eq!(inputs::messages(&opened, 1), before);
    // From a pipe, and compressed once more.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&seen[0]).unwrap();
    let query = ["run", "* | json \"n\" | sum(n), count", "--output", "csv"];
    for bytes in [&seen[0], &gzip.finish().unwrap()] {
        let ran = program::run_in(folder.path(), &query, bytes);
        assert_eq!((ran.out.as_str(), ran.status), ("_sum,_count\n4498500,3000\n", 0), "{}", ran.err);
    }
    let ran = program::run_in(folder.path(), &["run", "*", "--follow", "n.parquet"], b"");
    assert!(ran.status == 3 && ran.err.contains("n.parquet: it is a Parquet file"), "{}", ran.err);
}

#[test]
fn damaged_files_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("n.parquet");
    numbers(&path, 3000, Compression::UNCOMPRESSED);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let problem = open(&request(&path, 0)).map(|_| ()).unwrap_err().remove(0).to_string();
    assert!(problem.contains("n.parquet: the Parquet file can't be read: "), "{problem}");
    // Whatever is wrong inside: rows or a reason, and never a crash.
    let mut told = 0;
    for at in (4..whole.len()).step_by(211) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        bytes[at + 1 - usize::from(at + 1 == whole.len())] = 0xFF;
        fs::write(&path, bytes).unwrap();
        let problems = match open(&request(&path, 0)) {
            Ok(opened) => {
                inputs::messages(&opened, 1);
                opened.problems()
            }
            Err(problems) => problems,
        };
        told += problems.len();
    }
    assert!(told > 0);
}
