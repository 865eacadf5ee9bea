//! The floors of the crate, which the documentation of `lib.rs` describes.

use std::fs;
use std::path::Path;

/// From the lowest to the highest.
const FLOORS: [&str; 4] = ["reader", "points", "http", "routes"];

/// The code of a floor, without its unit tests, by file.
fn files_of(floor: &str) -> Vec<(String, String)> {
    let src = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut files = vec![src.join(floor).with_extension("rs")];
    for entry in fs::read_dir(src.join(floor)).expect("a folder") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    let code = |path: &Path| {
        let text = fs::read_to_string(path).expect("a file of text");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        (path.display().to_string(), code.to_owned())
    };
    files.iter().map(|path| code(path)).collect()
}

#[test]
fn no_floor_imports_from_one_above() {
    for (height, floor) in FLOORS.iter().enumerate() {
        for (file, code) in files_of(floor) {
            for above in &FLOORS[height + 1..] {
                let import = format!("crate::{above}::");
                assert!(!code.contains(&import), "{file} imports from {above}");
            }
        }
    }
}

#[test]
fn reader_and_points_know_nothing_of_http() {
    for (file, code) in ["reader", "points"].into_iter().flat_map(files_of) {
        assert!(!code.contains("axum"), "{file} uses axum");
    }
}

#[test]
fn routes_do_not_know_each_other() {
    for (file, code) in files_of("routes") {
        assert!(!code.contains("crate::routes::"), "{file} uses a route");
    }
}
