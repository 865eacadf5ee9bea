use std::time::Duration;

use axum::http::Method;
use serde_json::Value;

use crate::fixture::{World, get, get_with, request, send};

const RECHECK: Duration = Duration::from_secs(2);
const NOVEMBER: &str = "v1/blocks/year=2025/blocks-2025-11.parquet";
const BY_HOUR: &str = "/api/v1/series?interval=hour&from=0&fields=height,blocks";

fn blocks(answer: &Value) -> u64 {
    let of_points = answer["columns"]["blocks"].as_array().expect("a column");
    of_points.iter().filter_map(Value::as_u64).sum()
}

#[tokio::test]
async fn a_client_that_has_the_answer_gets_304_until_the_answer_changes() {
    let world = World::with_blocks(1000).await;
    world.move_cursor(900_900).await;
    let app = world.router();
    let routes = [
        "/api/v1/status",
        "/api/v1/summary",
        "/api/v1/asics",
        "/api/v1/series",
        "/api/v1/revenue",
        "/api/v1/blocks",
        "/api/v1/blocks/900000",
        "/api/v1/openapi.json",
    ];
    for path in routes {
        let first = send(&app, Method::GET, path).await;
        let etag = first.header("etag").to_owned();
        let again = get_with(&app, path, &[("if-none-match", &etag)]).await;
        let other = get_with(&app, path, &[("if-none-match", "W/\"0\", \"1\"")]).await;

        assert!(etag.starts_with("W/\""), "{path}: {etag}");
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.header("etag"), etag, "{path}");
        assert_eq!(other.status, 200, "{path}");
    }
    let day = send(&app, Method::GET, "/api/v1/series").await;
    let day = day.header("etag");
    let another = "/api/v1/series?interval=week";
    assert_eq!(
        get_with(&app, another, &[("if-none-match", day)])
            .await
            .status,
        200
    );

    world.move_cursor(900_901).await;
    world.advance_clock(RECHECK);

    let moved = get_with(&app, "/api/v1/series", &[("if-none-match", day)]).await;
    assert_eq!(moved.status, 200);
}

#[tokio::test]
async fn the_cache_buster_changes_neither_answer_nor_entity_tag() {
    let app = World::with_blocks(3).await.router();
    let cases = [
        ("/api/v1/status", "/api/v1/status?_=1"),
        ("/api/v1/asics?format=csv", "/api/v1/asics?_=1&format=csv"),
        (
            "/api/v1/series?to=1&from=0",
            "/api/v1/series?to=1&_=1&from=0&_=2",
        ),
        (
            "/api/v1/blocks/900000?format=json",
            "/api/v1/blocks/900000?format=json&_",
        ),
        ("/api/v1/openapi.json", "/api/v1/openapi.json?_=x"),
    ];
    for (path, with_parameter) in cases {
        let plain = send(&app, Method::GET, path).await;
        let ignored = send(&app, Method::GET, with_parameter).await;
        let tag = [("if-none-match", plain.header("etag"))];
        let again = get_with(&app, with_parameter, &tag).await;

        assert_eq!((plain.status, ignored.status), (200, 200), "{path}");
        assert_eq!(plain.body, ignored.body, "{path}");
        assert_eq!(again.status, 304, "{path}");
    }
}

#[tokio::test]
async fn csv_is_selected_by_parameter_or_by_header() {
    let app = World::with_blocks(3).await.router();
    let kind = async |path: &str, accept: &str| {
        let answer = get_with(&app, path, &[("accept", accept)]).await;
        answer.header("content-type").to_owned()
    };
    let csv = "text/csv; charset=utf-8; header=present";

    assert_eq!(kind("/api/v1/series?format=csv", "*/*").await, csv);
    assert_eq!(
        kind("/api/v1/series", "text/html, text/csv;q=0.9").await,
        csv
    );
    assert_eq!(
        kind("/api/v1/series", "application/json, text/csv").await,
        "application/json"
    );
    assert_eq!(
        kind("/api/v1/series?format=json", "text/csv").await,
        "application/json"
    );
    assert_eq!(kind("/api/v1/series", "*/*").await, "application/json");
    assert_eq!(
        kind("/api/v1/series", "text/csv;q=0.0, */*").await,
        "application/json"
    );
    let wrong = send(&app, Method::GET, "/api/v1/series?format=xml").await;
    assert_eq!(
        (wrong.status, wrong.json()["parameter"].as_str()),
        (400, Some("format"))
    );
}

#[tokio::test]
async fn answers_are_compressed_when_asked() {
    let app = World::with_blocks(1000).await.router();

    let plain = send(&app, Method::GET, BY_HOUR).await;
    let small = get_with(&app, BY_HOUR, &[("accept-encoding", "gzip")]).await;

    assert_eq!(small.header("content-encoding"), "gzip");
    assert_eq!(small.header("etag"), plain.header("etag"));
    assert!(
        small.bytes.len() * 3 < plain.bytes.len(),
        "{}",
        small.bytes.len()
    );
}

#[tokio::test]
async fn for_two_seconds_the_lake_is_not_read_again() {
    let world = World::with_blocks(1000).await;
    let app = world.router();

    get(&app, BY_HOUR).await;
    let (gets, lists) = (world.lake.gets(), world.lake.lists());
    get(&app, BY_HOUR).await;
    assert_eq!((world.lake.gets(), world.lake.lists()), (gets, lists));
    world.advance_clock(RECHECK);
    get(&app, BY_HOUR).await;

    // Only the cursor was read, and it had not moved.
    assert_eq!((world.lake.gets(), world.lake.lists()), (gets + 1, lists));
}

#[tokio::test]
async fn blocks_rewritten_below_the_cursor_are_seen_within_a_minute() {
    let world = World::with_blocks(1000).await;
    let app = world.router();
    assert_eq!(blocks(&get(&app, BY_HOUR).await), 1000);

    world
        .lake
        .rewrite_blocks(NOVEMBER, |rows| {
            rows.retain(|row| row.block.height % 2 == 1);
        })
        .await;
    world.advance_clock(Duration::from_mins(1));

    // 576 blocks in October, and every second one of the 424 in November.
    assert_eq!(blocks(&get(&app, BY_HOUR).await), 576 + 212);
}

#[tokio::test]
async fn if_a_file_is_replaced_while_an_answer_is_built_all_files_are_read_again() {
    let world = World::with_blocks(5000).await; // The last block is at 2025-12-01T17:10:00Z.
    let app = world.router();
    // Now the files are listed, and November and December are in memory.
    get(&app, "/api/v1/blocks?limit=1").await;

    world
        .lake
        .rewrite_blocks("v1/blocks/year=2025/blocks-2025-10.parquet", |rows| {
            rows.truncate(100);
        })
        .await;
    world
        .lake
        .rewrite_blocks(NOVEMBER, |rows| rows.truncate(100))
        .await;

    // The old October is gone, so the answer must not have the old November either. December has
    // 104 blocks.
    assert_eq!(blocks(&get(&app, BY_HOUR).await), 100 + 100 + 104);
}

#[tokio::test]
async fn while_the_lake_cannot_be_read_the_last_answer_is_repeated() {
    let world = World::with_blocks(1000).await;
    let app = world.router();
    let good = get(&app, BY_HOUR).await;

    world.lake.set_unreadable(true);
    world.advance_clock(RECHECK);

    assert_eq!(get(&app, BY_HOUR).await, good);
    let status = get(&app, "/api/v1/status").await;
    assert_eq!(status["stale"], true);
    assert_eq!(
        status["why"],
        "the lake's cursor cannot be read now; answers are from the last successful read"
    );
    world.lake.set_unreadable(false);
    world.advance_clock(RECHECK);
    let why = get(&app, "/api/v1/status").await["why"].to_string();
    assert!(why.contains("no ingest"), "{why}");
}

#[tokio::test]
async fn other_sites_can_read_but_not_write() {
    let app = World::with_blocks(3).await.router();
    let asked = [
        ("origin", "https://example.org"),
        ("access-control-request-method", "GET"),
    ];

    let preflight = request(&app, Method::OPTIONS, "/api/v1/status", &asked).await;

    assert_eq!(preflight.header("access-control-allow-origin"), "*");
    assert_eq!(preflight.header("access-control-allow-methods"), "GET,HEAD");
    assert_eq!(preflight.header("access-control-allow-credentials"), "");
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = send(&app, method, "/api/v1/status").await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET,HEAD"));
        assert_eq!(answer.header("set-cookie"), "");
    }
}
