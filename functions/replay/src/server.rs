//! The HTTP server, which passes each request to the node or to the price route.

use std::io;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use serde_json::json;
use tokio::net::TcpListener;

use crate::coingecko::{self, PriceRange};
use crate::node::chain::NodeView;
use crate::node::{methods, rpc};
use crate::replay::Replay;
use crate::reply;
use crate::side::Side;
#[cfg(feature = "faults")]
use crate::{control, inject};

/// The limit of Bitcoin Core.
const MAX_BODY_BYTES: usize = 32 << 20;

impl Replay {
    /// Serves requests on this listener until the future is dropped.
    ///
    /// # Errors
    ///
    /// Currently none: if a connection fails, the others continue.
    pub async fn serve(self, listener: TcpListener) -> io::Result<()> {
        let listener = listener.tap_io(|connection| {
            // Each response is written in one piece, so buffering would only delay it. If the option
            // cannot be set, responses are slower.
            let _ = connection.set_nodelay(true);
        });
        axum::serve(listener, router(self)).await
    }
}

fn router(replay: Replay) -> Router {
    let router = Router::new().fallback(respond);
    #[cfg(feature = "faults")]
    let router = inject::with_faults(router, &replay).merge(control::routes());
    router
        .with_state(replay)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}

async fn respond(
    State(replay): State<Replay>,
    method: Method,
    uri: Uri,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match Side::of_request(&method, uri.path()) {
        Some(Side::Rpc) => match body {
            Ok(body) => rpc_response(&replay, &body),
            Err(rejection) => rejection.into_response(),
        },
        Some(Side::Price) => price_response(&replay, &uri),
        None if uri.path() == "/" => {
            let message = "JSONRPC server handles only POST requests";
            (StatusCode::METHOD_NOT_ALLOWED, message).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn rpc_response(replay: &Replay, body: &[u8]) -> Response {
    let node = NodeView {
        blocks: replay.recording().blocks(),
        chain: &replay.chain(),
    };
    let reply = rpc::reply(body, |method, params| methods::call(node, method, params));
    reply::rpc(reply)
}

fn price_response(replay: &Replay, uri: &Uri) -> Response {
    match PriceRange::parse(uri) {
        Ok(range) => {
            let points = replay.recording().prices();
            reply::json(200, &coingecko::market_chart(points, range, replay.clock()))
        }
        Err(message) => reply::json(422, &json!({ "error": message })),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;
    use crate::fault::Fault;
    use crate::testing::bundled;

    /// Start of 20 August 2025 (UTC). Block 911000, the tip in most tests, is later.
    const AUGUST_20: u32 = 1_755_648_000;

    const HASH_909459: &str = "000000000000000000017a8f0ad0b3d21218462ac97c4cae380bd16e1d947d8d";
    const BLOCK_HASH: &str = r#"{"method":"getblockhash","params":[909459],"id":1}"#;

    struct TestServer {
        replay: Replay,
        address: std::net::SocketAddr,
    }

    impl TestServer {
        async fn start(tip: u32) -> Self {
            let replay = Replay::new(bundled(), tip, 0.0).unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(replay.clone().serve(listener));
            Self { replay, address }
        }

        /// Sends a request, and returns the whole HTTP response as text.
        async fn exchange(&self, method: &str, path: &str, body: &str) -> io::Result<String> {
            let mut stream = TcpStream::connect(self.address).await?;
            let length = body.len();
            let request = format!(
                "{method} {path} HTTP/1.1\r\nhost: replay\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
            stream.write_all(request.as_bytes()).await?;
            let mut response = String::new();
            stream.read_to_string(&mut response).await?;
            Ok(response)
        }

        async fn request(&self, method: &str, path: &str, body: &str) -> (u16, String) {
            let response = self.exchange(method, path, body).await.unwrap();
            let (head, body) = response.split_once("\r\n\r\n").unwrap();
            (
                head.split(' ').nth(1).unwrap().parse().unwrap(),
                body.to_owned(),
            )
        }

        async fn get(&self, path: &str) -> (u16, String) {
            self.request("GET", path, "").await
        }

        async fn post(&self, path: &str, body: &str) -> (u16, Value) {
            let (status, body) = self.request("POST", path, body).await;
            (status, serde_json::from_str(&body).unwrap())
        }

        async fn block_hash(&self) -> (u16, Value) {
            self.post("/", BLOCK_HASH).await
        }
    }

    fn price_path(from: &str, to: &str) -> String {
        format!("/api/v3/coins/bitcoin/market_chart/range?vs_currency=usd&from={from}&to={to}")
    }

    fn http_fault(status: u16) -> Fault {
        let headers = vec![("Retry-After".to_owned(), "1".to_owned())];
        Fault::Http {
            status,
            headers,
            body: "slow down".to_owned(),
        }
    }

    #[tokio::test]
    async fn node_responds_on_every_path_except_rest() {
        let server = TestServer::start(911_000).await;

        let expected = (
            200,
            json!({ "result": HASH_909459, "error": null, "id": 1 }),
        );
        assert_eq!(server.block_hash().await, expected);
        assert_eq!(server.post("/wallet/a", BLOCK_HASH).await, expected);
        assert_eq!(server.get("/rest/chaininfo.json").await.0, 404);
        assert_eq!(
            server
                .request("POST", "/rest/chaininfo.json", BLOCK_HASH)
                .await
                .0,
            404
        );
        assert_eq!(server.get("/").await.0, 405);
        assert_eq!(server.get("/ping").await.0, 404);
    }

    #[tokio::test]
    async fn prices_of_two_real_hours_have_times_in_milliseconds() {
        let server = TestServer::start(911_000).await;

        let path = price_path("1755648000.5", &(AUGUST_20 + 7_200).to_string());
        let (status, body) = server.get(&path).await;

        let expected = r#"{"prices":[[1755651600000,113225.33],[1755655200000,113013.59]],"market_caps":[],"total_volumes":[]}"#;
        assert_eq!((status, body.as_str()), (200, expected));
        assert_eq!(
            server.replay.price_requests(),
            [(1_755_648_000.5, 1_755_655_200.0)]
        );
    }

    #[tokio::test]
    async fn prices_end_at_the_clock_and_continue_after_a_release() {
        let server = TestServer::start(911_000).await;
        let path = price_path("1747000000", "1800000000");
        let last_ms = |body: &str| {
            let body: Value = serde_json::from_str(body).unwrap();
            body["prices"].as_array().unwrap().last().unwrap()[0]
                .as_u64()
                .unwrap()
        };

        let before = last_ms(&server.get(&path).await.1);
        server.replay.release_to(911_100);
        let after = last_ms(&server.get(&path).await.1);

        let recording = bundled();
        let clock = u64::from(recording.blocks().latest_time(911_000));
        assert!(before <= clock * 1_000 && clock * 1_000 < before + 3_600_000);
        assert!(before < after);
    }

    #[tokio::test]
    async fn incomplete_price_request_is_refused_as_in_coingecko() {
        let server = TestServer::start(911_000).await;
        let route = "/api/v3/coins/bitcoin/market_chart/range";
        for (query, message) in [
            ("", "Missing parameter vs_currency"),
            ("?vs_currency=&from=1&to=2", "Missing parameter vs_currency"),
            ("?vs_currency=eur&from=1&to=2", "invalid vs_currency"),
            ("?vs_currency=usd&to=2", "Missing parameter from"),
            ("?vs_currency=usd&from=1", "Missing parameter to"),
            ("?vs_currency=usd&from=May&to=2", "Invalid parameter from"),
            ("?vs_currency=usd&from=1&to=nan", "Invalid parameter to"),
        ] {
            let (status, body) = server.get(&format!("{route}{query}")).await;
            assert_eq!((status, body), (422, format!(r#"{{"error":"{message}"}}"#)));
        }
        assert!(server.replay.price_requests().is_empty());
    }

    #[tokio::test]
    async fn fault_affects_only_one_request_of_its_side() {
        let server = TestServer::start(911_000).await;
        server.replay.inject_rpc_fault(http_fault(401));
        server.replay.inject_price_fault(http_fault(429));

        let refused = server
            .exchange("GET", &price_path("1", "2"), "")
            .await
            .unwrap();

        assert!(refused.starts_with("HTTP/1.1 429 "), "{refused}");
        assert!(
            refused.contains("\r\nretry-after: 1\r\n") && refused.ends_with("\r\n\r\nslow down")
        );
        assert_eq!(server.get(&price_path("1", "2")).await.0, 200);
        assert_eq!(server.replay.price_requests().len(), 2);
        assert_eq!(
            server.request("POST", "/", "{}").await,
            (401, "slow down".to_owned())
        );
        assert_eq!(server.block_hash().await.0, 200);
    }

    #[tokio::test]
    async fn rpc_fault_is_the_error_of_every_call() {
        let server = TestServer::start(911_000).await;
        let warm_up = Fault::Rpc {
            code: -28,
            message: "Loading block index…".to_owned(),
        };
        server.replay.inject_rpc_fault(warm_up.clone());
        server.replay.inject_rpc_fault(warm_up);

        let single = server.block_hash().await;
        let batch = server.post("/", &format!("[{BLOCK_HASH}]")).await;

        let error = json!({ "code": -28, "message": "Loading block index…" });
        let expected = json!({ "result": null, "error": error, "id": 1 });
        assert_eq!(single, (500, expected.clone()));
        assert_eq!(batch, (200, json!([expected])));
    }

    #[tokio::test]
    async fn rpc_fault_on_the_price_route_has_a_coingecko_body() {
        let server = TestServer::start(911_000).await;
        server.replay.inject_price_fault(Fault::Rpc {
            code: 10_012,
            message: "no".to_owned(),
        });

        let response = server.get(&price_path("1", "2")).await;

        let body = r#"{"status":{"error_code":10012,"error_message":"no"}}"#;
        assert_eq!(response, (500, body.to_owned()));
    }

    #[tokio::test]
    async fn dropped_connection_ends_without_a_byte() {
        let server = TestServer::start(911_000).await;
        server.replay.inject_rpc_fault(Fault::DropConnection);

        let response = server.exchange("POST", "/", BLOCK_HASH).await;

        assert_eq!(response.unwrap_or_default(), "");
        assert_eq!(server.block_hash().await.0, 200);
    }

    #[tokio::test]
    async fn hanging_request_gets_no_response() {
        let server = TestServer::start(911_000).await;
        server.replay.inject_price_fault(Fault::Hang);

        let path = price_path("1", "2");
        let hanging = server.exchange("GET", &path, "");
        let later = async {
            while server.replay.price_requests().is_empty() {
                tokio::task::yield_now().await;
            }
            server.block_hash().await.0
        };

        tokio::select! {
            response = hanging => panic!("a response: {response:?}"),
            status = later => assert_eq!(status, 200),
        }
    }

    #[tokio::test]
    async fn control_routes_move_the_chain_and_report_its_tip() {
        let server = TestServer::start(909_600).await;
        let (height, hash) = server.replay.stale().swap_remove(3);

        let released = server.post("/_replay/release", r#"{"to": 911000}"#).await;
        let switched = server
            .post("/_replay/stale", &format!(r#"{{"hash":"{hash}"}}"#))
            .await;
        let (status, body) = server.get("/_replay").await;

        assert_eq!(
            (released.0, &released.1["tip"]["height"]),
            (200, &json!(911_000))
        );
        assert_eq!(switched.1["tip"], json!({ "height": height, "hash": hash }));
        assert_eq!(
            (status, serde_json::from_str::<Value>(&body).unwrap()),
            switched
        );
        assert_eq!(switched.1["first_height"], 909_458);
        assert_eq!(switched.1["stale"].as_array().unwrap().len(), 26);
    }

    #[tokio::test]
    async fn control_route_queues_faults() {
        let server = TestServer::start(911_000).await;
        let queue = |body: &'static str| server.post("/_replay/fault", body);

        let limit = r#"{"side":"price","status":429,"headers":{"retry-after":"2"},"times":2}"#;
        queue(limit).await;
        let (status, body) =
            queue(r#"{"side":"rpc","code":-28,"message":"Verifying blocks…"}"#).await;

        assert_eq!(
            (status, &body["queued_faults"]),
            (200, &json!({ "rpc": 1, "price": 2 }))
        );
        assert_eq!(server.block_hash().await.1["error"]["code"], -28);
        assert_eq!(server.get(&price_path("1", "2")).await.0, 429);
        assert_eq!(server.get(&price_path("1", "2")).await.0, 429);
        assert_eq!(server.get(&price_path("1", "2")).await.0, 200);
    }

    #[tokio::test]
    async fn control_routes_refuse_invalid_requests() {
        let server = TestServer::start(911_000).await;
        for (path, body) in [
            ("release", r#"{"to": 931519}"#),
            ("release", r#"{"height": 910000}"#),
            ("release", "910000"),
            ("stale", r#"{"hash": "00"}"#),
            ("fault", r#"{"side":"rpc"}"#),
            ("fault", r#"{"side":"rpc","code":-28,"hang":true}"#),
            ("fault", r#"{"side":"rpc","status":42}"#),
            ("fault", r#"{"side":"node","code":-28}"#),
            ("fault", r#"{"side":"rpc","hang":true,"times":100000}"#),
        ] {
            let (status, response) = server.post(&format!("/_replay/{path}"), body).await;
            assert_eq!(status, 400, "{body}");
            assert!(!response["error"].as_str().unwrap().is_empty());
        }
        assert_eq!(server.replay.tip().0, 911_000);
    }
}
