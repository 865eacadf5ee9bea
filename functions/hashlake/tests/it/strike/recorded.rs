//! A lake that is filled from a fast replay, and the real API that reads it. Both use the replay's
//! clock.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use hashlake_core::asic;
use hashlake_core::clock::now;
use hashlake_core::cursor::object::ObjectCursor;
use hashlake_core::lake::directory::DirectoryLake;
use hashlake_core::timestamp::Timestamp;
use ingest::node::{Auth, Node, NodeConfig};
use ingest::pipeline::{IngestContext, Run, follow_tip};
use ingest::prices::PriceSources;
use ingest::prices::coingecko::{CoinGecko, CoinGeckoConfig, CoinGeckoTier};
use replay::{Recording, Replay};
use serde_json::Value;
use tokio::net::TcpListener;

pub(crate) struct RecordedWorld {
    /// URL of the API.
    pub(crate) url: String,
    replay: Replay,
    node_url: String,
    lake: Arc<DirectoryLake>,
    /// While it is true, the API returns an error.
    pub(crate) is_down: Arc<AtomicBool>,
}

impl RecordedWorld {
    /// Starts the replay with its tip at `tip`, and fills the lake from `first` to `tip`.
    pub(crate) async fn start(folder: &Path, first: u32, tip: u32, speed: f64) -> Self {
        let recording = Recording::bundled().expect("the bundled recording");
        let replay = Replay::new(recording, tip, speed).expect("a recorded block");
        let node_url = serve(replay.clone()).await;
        let lake = Arc::new(DirectoryLake::new(folder));
        let cursor = Arc::new(ObjectCursor::new(lake.clone()));
        let clock = replay.clone();
        let api = query::Api::new(lake.clone(), cursor, move || clock_of(&clock));
        let is_down = Arc::new(AtomicBool::new(false));
        let url = serve_api(
            query::router(Arc::new(api), None),
            replay.clone(),
            is_down.clone(),
        )
        .await;
        let world = Self {
            url,
            replay,
            node_url,
            lake,
            is_down,
        };
        world.ingest(Some(first)).await;
        world
    }

    /// Fills the lake up to the replay's tip.
    pub(crate) async fn ingest(&self, first: Option<u32>) {
        // Each ingest gets a new source: the old one would not call again for five minutes of real
        // time.
        let prices = CoinGecko::new(CoinGeckoConfig {
            plan: CoinGeckoTier::Pro,
            key: None,
            url: self.node_url.parse().expect("a URL"),
            history: None,
            source: "recorded".into(),
        });
        let context = IngestContext {
            node: Node::new(NodeConfig {
                url: self.node_url.parse().expect("a URL"),
                auth: Auth::None,
            }),
            prices: PriceSources::new(vec![Box::new(prices)]),
            lake: self.lake.clone(),
            cursor: Arc::new(ObjectCursor::new(self.lake.clone())),
            // The answer needs no stored revenue, so the lake gets the revenue of only one miner model.
            asics: asic::catalogue().into_iter().take(1).collect(),
            inspection: Default::default(),
        };
        let run = Run {
            owner: "test".to_owned(),
            start_height: first,
            time_left: &|| Duration::MAX,
            now: &|| self.clock(),
            progress: &|_| (),
        };
        follow_tip(&context, &run).await.expect("a run of ingest");
    }

    /// The replay's time.
    pub(crate) fn clock(&self) -> Timestamp {
        clock_of(&self.replay)
    }
}

fn clock_of(replay: &Replay) -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "milliseconds of a recorded time"
    )]
    let ms = (replay.clock() * 1000.0) as i64;
    Timestamp::from_ms(ms).expect("a recorded time")
}

async fn serve(replay: Replay) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(replay.serve(listener));
    url
}

/// Serves the API. `valid_until` is converted from the replay's clock to real time, which the
/// program uses. Nothing else is changed.
async fn serve_api(api: Router, replay: Replay, is_down: Arc<AtomicBool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let app = api.layer(map_response(move |response: Response| {
        let (replay, is_down) = (replay.clone(), is_down.clone());
        async move {
            if is_down.load(Ordering::Relaxed) {
                return (axum::http::StatusCode::BAD_GATEWAY, "down").into_response();
            }
            let (mut parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.expect("a body");
            let Ok(mut json) = serde_json::from_slice::<Value>(&body) else {
                return Response::from_parts(parts, Body::from(body));
            };
            if let Ok(valid_until) = serde_json::from_value::<Timestamp>(json["valid_until"].take())
            {
                let moved = now() + valid_until.since(clock_of(&replay));
                json["valid_until"] = moved.to_string().into();
            }
            parts.headers.remove("content-length");
            Response::from_parts(parts, Body::from(json.to_string()))
        }
    }));
    tokio::spawn(query::serve(listener, app));
    url
}
