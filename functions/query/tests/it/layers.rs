//! Tests the layers of the crate, which the documentation of `lib.rs` describes.

use std::fs;
use std::path::Path;

/// The layers, from the lowest to the highest.
const LAYERS: [&str; 4] = ["reader", "points", "http", "routes"];

/// The files of a layer: path and code without unit tests.
fn files_of(layer: &str) -> Vec<(String, String)> {
    let src = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut files = vec![src.join(layer).with_extension("rs")];
    for entry in fs::read_dir(src.join(layer)).expect("a folder") {
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
fn no_layer_imports_from_a_layer_above_it() {
    for (index, layer) in LAYERS.iter().enumerate() {
        for (file, code) in files_of(layer) {
            for above in &LAYERS[index + 1..] {
                let import = format!("crate::{above}::");
                assert!(!code.contains(&import), "{file} imports from {above}");
            }
        }
    }
}

#[test]
fn reader_and_points_do_not_use_http() {
    for (file, code) in ["reader", "points"].into_iter().flat_map(files_of) {
        assert!(!code.contains("axum"), "{file} uses axum");
    }
}

#[test]
fn routes_do_not_import_each_other() {
    for (file, code) in files_of("routes") {
        assert!(!code.contains("crate::routes::"), "{file} imports a route");
    }
}
