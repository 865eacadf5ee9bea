//! Tests that no two modules of a crate import each other, directly or through other modules, and that
//! functions/README.md names every module.
//!
//! `cargo test -p testenv --test it imports -- --nocapture` prints how many modules and imports each
//! crate has. A module is a file; an import is a `crate::` or `super::` path in it, outside of its
//! unit tests.

#![expect(clippy::print_stdout, reason = "`--nocapture` shows the counts")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const CRATES: [&str; 7] = [
    "shared",
    "functions/ingest",
    "functions/query",
    "functions/hashlake",
    "functions/replay",
    "functions/simulation",
    "localstack/testenv",
];

/// Path of a module in its crate, for example `["reader", "snapshot"]`. It is empty for the root.
type Module = Vec<String>;

/// The modules of a crate, each with the modules that it imports.
type Imports = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn no_two_modules_import_each_other() {
    let mut circles = Vec::new();
    for name in CRATES {
        let imports = imports_of(name);
        let total: usize = imports.values().map(BTreeSet::len).sum();
        println!("{name}: {} modules, {total} imports", imports.len());
        circles.extend(circle(&imports).map(|circle| format!("{name}: {}", circle.join(" -> "))));
    }
    assert_eq!(circles, Vec::<String>::new());
}

#[test]
fn the_map_names_every_module() {
    let map = include_str!("../../../../functions/README.md");
    let modules = CRATES.iter().flat_map(|name| imports_of(name).into_keys());
    let names = modules.filter_map(|mut module| module.pop());
    let missing: BTreeSet<String> = names
        .filter(|name| !map.contains(&format!("`{name}`")))
        .collect();
    assert_eq!(missing, BTreeSet::new(), "add them to functions/README.md");
}

fn imports_of(crate_dir: &str) -> Imports {
    let src = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(crate_dir)
        .join("src");
    let mut files = Vec::new();
    walk(&src, &mut files);
    let sources: BTreeMap<Module, String> = files
        .iter()
        .filter(|file| !is_test(file))
        .map(|file| {
            (
                module_of(&src, file),
                fs::read_to_string(file).expect("a source file"),
            )
        })
        .collect();
    let imports_in = |(module, source): (&Module, &String)| {
        let targets = paths(module, code(source)).filter_map(|path| nearest(&sources, path));
        (
            module.clone(),
            targets.filter(|target| target != module).collect(),
        )
    };
    sources.iter().map(imports_in).collect()
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn is_test(file: &Path) -> bool {
    ["tests", "fixture", "testing"]
        .iter()
        .any(|name| file.file_stem().is_some_and(|stem| stem == *name))
}

fn module_of(src: &Path, file: &Path) -> Module {
    let path = file
        .strip_prefix(src)
        .expect("the file is below src")
        .with_extension("");
    let parts = path.iter().map(|part| part.to_string_lossy().into_owned());
    parts
        .filter(|part| part != "lib" && part != "main")
        .collect()
}

/// The text of a source file without its unit tests.
fn code(source: &str) -> &str {
    source
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or(source)
}

/// Paths in the code of `module` that begin with `crate::` or `super::`. Groups in braces are expanded.
fn paths(module: &Module, code: &str) -> impl Iterator<Item = Module> {
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for (root, base) in [("crate::", 0), ("super::", module.len().saturating_sub(1))] {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if !before.is_some_and(|c| c.is_alphanumeric() || c == ':' || c == '_') {
                expand(&module[..base], &code[at + root.len()..], &mut found);
            }
        }
    }
    found.into_iter()
}

/// Adds the paths at the start of `text`, each below `prefix`. Returns the text after them.
fn expand<'a>(prefix: &[String], text: &'a str, found: &mut Vec<Module>) -> &'a str {
    let mut path = prefix.to_vec();
    let mut rest = text.trim_start();
    loop {
        if let Some(mut group) = rest.strip_prefix('{') {
            loop {
                group = expand(&path, group, found).trim_start();
                // A comma can also follow the last item.
                match group.strip_prefix(',').map(str::trim_start) {
                    Some(next) if !next.starts_with('}') => group = next,
                    next => {
                        let end = next.unwrap_or(group);
                        return end.strip_prefix('}').unwrap_or(end);
                    }
                }
            }
        }
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        if 0 < end {
            path.push(rest[..end].to_owned());
        }
        rest = &rest[end..];
        match rest.strip_prefix("::") {
            Some(next) => rest = next,
            None => {
                found.push(path);
                return rest;
            }
        }
    }
}

/// The module of an item: the longest part of its path that is a module.
fn nearest(sources: &BTreeMap<Module, String>, mut path: Module) -> Option<Module> {
    while !sources.contains_key(&path) {
        path.pop()?;
    }
    Some(path)
}

/// A circle of imports, if there is one. Modules that import no remaining module are removed until none
/// can be removed. Each module that then remains is in a circle, or leads to one.
fn circle(imports: &Imports) -> Option<Vec<String>> {
    let mut left = imports.clone();
    loop {
        let leaves: Vec<Module> = left
            .iter()
            .filter(|(_, targets)| !targets.iter().any(|target| left.contains_key(target)))
            .map(|(module, _)| module.clone())
            .collect();
        if leaves.is_empty() {
            break;
        }
        left.retain(|module, _| !leaves.contains(module));
    }
    let mut module = left.keys().next()?.clone();
    let mut visited = vec![module.clone()];
    loop {
        module = left[&module]
            .iter()
            .find(|target| left.contains_key(*target))?
            .clone();
        let seen = visited.iter().position(|earlier| *earlier == module);
        visited.push(module.clone());
        if let Some(first) = seen {
            return Some(visited[first..].iter().map(name).collect());
        }
    }
}

fn name(module: &Module) -> String {
    if module.is_empty() {
        "the root".to_owned()
    } else {
        module.join("::")
    }
}
