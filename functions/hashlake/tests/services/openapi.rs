//! Tests the API with programs that know only its OpenAPI document, and reads its CSV with DuckDB and
//! pandas.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Run, printed, shared_turn};
use serde_json::{Value, json};
use tempfile::TempDir;
use testenv::tool;

const MIN_CASES: u32 = 2000; // Minimum number of requests that Schemathesis must generate.

/// A running `hashlake run` with all recorded blocks that have a price, and a folder with its OpenAPI
/// document, in which the tools run.
struct ApiServer {
    run: Run,
    api: String,
    lake: TempDir,
    folder: TempDir,
}

impl ApiServer {
    async fn start() -> Self {
        let lake = tempfile::tempdir().expect("a folder");
        let run = Run::start(lake.path());
        let server = Self {
            api: format!("{}/api/v1", run.page),
            run,
            lake,
            folder: tempfile::tempdir().expect("a folder"),
        };
        server.run.wait_for_block_above(924_777).await;
        let document = server.get("/openapi.json").await;
        fs::write(server.folder.path().join("openapi.json"), document).expect("written");
        server
    }

    async fn get(&self, path: &str) -> String {
        let response = reqwest::get(format!("{}{path}", self.api)).await;
        let response = response.expect("a response").error_for_status();
        let response = response.expect("a successful response");
        response.text().await.expect("a body")
    }

    /// Runs a program in the folder, and returns what it prints. The program must succeed.
    fn output_of(&self, program: PathBuf, arguments: &[&str]) -> String {
        let output = Command::new(&program)
            .args(arguments)
            .current_dir(self.folder.path())
            .env("API", &self.api)
            .env("SCHEMATHESIS_HOOKS", test_file("hooks.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .expect("it runs");
        let program = program.display();
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {}",
            printed(&output)
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_matches_its_document_and_its_csv_matches_its_json() {
    let _turn = shared_turn().await;
    let server = ApiServer::start().await;

    a_linter_accepts_the_document(&server);
    a_generated_client_reads_the_api(&server).await;
    csv_json_and_lake_have_the_same_numbers(&server);
    generated_requests_get_documented_responses(&server);
}

fn a_linter_accepts_the_document(server: &ApiServer) {
    let config = test_file("redocly.yaml");
    server.output_of(
        tool("redocly"),
        &[
            "lint",
            "openapi.json",
            "--config",
            &config,
            "--max-problems=1000",
        ],
    );
}

async fn a_generated_client_reads_the_api(server: &ApiServer) {
    let folder = server.folder.path();
    let tools = tool("tsc");
    let modules = tools.ancestors().nth(2).expect("a folder above bin");
    symlink(
        modules.join("clients/node_modules"),
        folder.join("node_modules"),
    )
    .expect("a link");
    fs::copy(test_file("client.mts"), folder.join("client.mts")).expect("copied");
    server.output_of(
        tool("openapi-typescript"),
        &["openapi.json", "--output", "api.mts"],
    );
    let strict = "--strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --module nodenext --target es2022 client.mts";
    server.output_of(tools, &strict.split(' ').collect::<Vec<_>>());

    let printed = server.output_of(PathBuf::from("node"), &["client.mjs", &server.api]);

    let parsed = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let printed = parsed(&printed);
    let revenue = "/revenue?asics=antminer-s21-pro-234,custom:200:3500&interval=day\
                   &from=2025-10-01T00:00:00Z&to=2025-11-01T00:00:00Z&power_price=45.5";
    let asics = &parsed(&server.get(revenue).await)["asics"];
    let expected = [0, 1].map(|at| {
        json!({
            "asic_id": asics[at]["asic_id"],
            "usd_per_mwh": asics[at]["columns"]["usd_per_mwh"][30],
            "profit_usd_per_mw": asics[at]["totals"]["profit_usd_per_mw"],
        })
    });
    assert_eq!(printed["asics"], json!(expected));
    assert!(
        expected[1]["usd_per_mwh"].as_f64() > Some(0.0),
        "{expected:?}"
    );
    assert_eq!(printed["nearest"][0], "antminer-s21-pro-234");
}

fn csv_json_and_lake_have_the_same_numbers(server: &ApiServer) {
    let lake = server.lake.path().display().to_string();
    server.output_of(
        tool("python"),
        &[&test_file("tables.py"), &server.api, &lake],
    );
}

fn generated_requests_get_documented_responses(server: &ApiServer) {
    let config = test_file("schemathesis.toml");
    let run = [
        "--config-file",
        &config,
        "run",
        "openapi.json",
        "--url",
        &server.api,
        "--checks=all",
        "--no-color",
    ];

    let output = server.output_of(tool("schemathesis"), &run);

    let cases = output
        .lines()
        .find_map(|line| line.trim().split_once(" generated, "))
        .and_then(|(count, _)| count.parse::<u32>().ok());
    assert!(cases >= Some(MIN_CASES), "{output}");
}

/// Path of a file in tests/services/openapi.
fn test_file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/services/openapi");
    folder.join(name).display().to_string()
}
