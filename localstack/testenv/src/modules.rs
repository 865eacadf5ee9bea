//! Checks that no test file is forgotten. A file that `main.rs` does not declare is not compiled, so its
//! tests do not run.

use std::fs;
use std::path::{Path, PathBuf};

/// Checks that every Rust file in `folder`, and in the folders below it, is declared as a module.
///
/// # Panics
/// If a file is not declared. The message names it, and the file that must declare it.
pub fn assert_declared(folder: impl AsRef<Path>) {
    let folder = folder.as_ref();
    let missing = undeclared(folder, &folder.join("main.rs"));
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// One message for each undeclared Rust file or folder. `root` must declare those in `folder`; each
/// folder below has its own root.
fn undeclared(folder: &Path, root: &Path) -> Vec<String> {
    let text = fs::read_to_string(root).expect("the file that declares the modules of its folder");
    let declared: Vec<&str> = text.lines().filter_map(declaration).collect();
    let mut missing = Vec::new();
    for path in entries(folder) {
        let module = path.file_stem().and_then(|stem| stem.to_str());
        let module = module.expect("a name in UTF-8");
        let is_module = path.is_dir() || path.extension().is_some_and(|end| end == "rs");
        if path == root || !is_module || path.is_dir() && !has_rust(&path) {
            continue;
        }
        if !declared.contains(&module) {
            missing.push(format!(
                "{} is not compiled: add `mod {module};` to {}",
                path.display(),
                root.display()
            ));
        }
        if path.is_dir() {
            let inside = path.join("mod.rs");
            let beside = path.with_extension("rs");
            missing.extend(undeclared(
                &path,
                if inside.exists() { &inside } else { &beside },
            ));
        }
    }
    missing
}

/// The module that a line such as `pub(crate) mod name;` declares.
fn declaration(line: &str) -> Option<&str> {
    let name = line.strip_suffix(';')?;
    let (visibility, name) = name.split_once("mod ")?;
    (visibility.is_empty() || visibility.starts_with("pub")).then_some(name)
}

/// Whether a folder has Rust files. Others have snapshots, or helpers in other languages.
fn has_rust(folder: &Path) -> bool {
    entries(folder).iter().any(|path| {
        path.extension().is_some_and(|end| end == "rs") || path.is_dir() && has_rust(path)
    })
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder that can be read");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry that can be read").path())
        .collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_files_without_a_declaration() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(path, text).expect("written");
        };
        write("main.rs", "mod one;\npub(crate) mod folder;\n// mod two;\n");
        write("one.rs", "mod nested;");
        write("one/nested.rs", "");
        write("one/forgotten.rs", "");
        write("two.rs", "");
        write("folder/mod.rs", "");
        write("folder/lost.rs", "");
        write("script.py", "");
        write("snapshots/one.snap", "");

        let missing = undeclared(folder.path(), &folder.path().join("main.rs")).join("\n");

        let path = |name: &str| folder.path().join(name).display().to_string();
        assert_eq!(
            missing,
            [
                ("folder/lost.rs", "lost", "folder/mod.rs"),
                ("one/forgotten.rs", "forgotten", "one.rs"),
                ("two.rs", "two", "main.rs"),
            ]
            .map(|(file, module, root)| format!(
                "{} is not compiled: add `mod {module};` to {}",
                path(file),
                path(root)
            ))
            .join("\n")
        );
    }
}
