//! HTTP: which request goes to which side, counts, and faults in the place of answers.

use axum::Router;
use axum::body::Bytes;
use axum::extract::connect_info::ConnectInfo;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Extension, Query, State};
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::{Value, json};

use crate::Replay;
use crate::coingecko;
use crate::control;
use crate::fault::{self, Fault, Wire};
use crate::node::chain::NodeView;
use crate::node::error::RpcError;
use crate::node::methods;
use crate::node::rpc::{self, RpcReply};

const PRICE_ROUTE: &str = "/coins/bitcoin/market_chart/range";
/// Longest request body, as Bitcoin Core has it.
const MAX_BODY_BYTES: usize = 32 << 20;

/// The answer of `CoinGecko`'s `market_chart/range`.
#[derive(Serialize)]
struct MarketChart {
    /// UNIX time in milliseconds, and USD.
    prices: Vec<(u64, f64)>,
    market_caps: [(); 0],
    total_volumes: [(); 0],
}

/// What a price request asks for, in UNIX seconds.
#[derive(Debug, PartialEq)]
struct PriceRange {
    from_s: f64,
    to_s: f64,
}

pub(crate) fn router(replay: Replay) -> Router {
    Router::new()
        .route("/_replay", get(control::status))
        .route("/_replay/release", post(control::release))
        .route("/_replay/stale", post(control::switch_to_stale))
        .route("/_replay/fault", post(control::inject_fault))
        .fallback(outside_world)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(replay)
}

async fn outside_world(
    State(replay): State<Replay>,
    wire: Option<Extension<ConnectInfo<Wire>>>,
    method: Method,
    uri: Uri,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let wire = wire.map(|Extension(ConnectInfo(wire))| wire);
    let path = uri.path();
    if path == "/rest" || path.starts_with("/rest/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match method {
        Method::POST => match body {
            Ok(body) => answer_rpc(&replay, wire, &body).await,
            Err(rejection) => rejection.into_response(),
        },
        Method::GET if path.ends_with(PRICE_ROUTE) => answer_prices(&replay, wire, &uri).await,
        Method::GET if path != "/" => StatusCode::NOT_FOUND.into_response(),
        _ => {
            let message = "JSONRPC server handles only POST requests";
            (StatusCode::METHOD_NOT_ALLOWED, message).into_response()
        }
    }
}

async fn answer_rpc(replay: &Replay, wire: Option<Wire>, body: &[u8]) -> Response {
    let reply = match replay.begin_rpc() {
        None => {
            let node = NodeView {
                blocks: replay.recording().blocks(),
                chain: &replay.chain(),
            };
            rpc::reply(body, |method, params| methods::call(node, method, params))
        }
        Some(Fault::Rpc { code, message }) => {
            let error = RpcError::new(code, message);
            rpc::reply(body, |_, _| Err::<(), _>(error.clone()))
        }
        Some(Fault::Http {
            status,
            headers,
            body,
        }) => {
            return fault::http_response(status, headers, body);
        }
        Some(Fault::Hang) => return fault::hang().await,
        Some(Fault::DropConnection) => return fault::drop_connection(wire).await,
    };
    let RpcReply { status, body } = reply;
    json_response(status, body)
}

async fn answer_prices(replay: &Replay, wire: Option<Wire>, uri: &Uri) -> Response {
    let range = parse_range(uri);
    match replay.begin_price(range.as_ref().ok()) {
        None => {}
        Some(Fault::Rpc { code, message }) => {
            let status = json!({ "error_code": code, "error_message": message });
            return json_value(500, &json!({ "status": status }));
        }
        Some(Fault::Http {
            status,
            headers,
            body,
        }) => {
            return fault::http_response(status, headers, body);
        }
        Some(Fault::Hang) => return fault::hang().await,
        Some(Fault::DropConnection) => return fault::drop_connection(wire).await,
    }
    match range {
        Ok(range) => market_chart(replay, &range),
        Err(message) => json_value(422, &json!({ "error": message })),
    }
}

fn market_chart(replay: &Replay, range: &PriceRange) -> Response {
    let points = replay.recording().prices();
    let selected = coingecko::select(points, range.from_s, range.to_s, replay.clock());
    let in_ms = selected
        .iter()
        .map(|point| (u64::from(point.time_s) * 1_000, point.usd));
    let chart = MarketChart {
        prices: in_ms.collect(),
        market_caps: [],
        total_volumes: [],
    };
    let body = serde_json::to_vec(&chart).expect("numbers in lists are always JSON");
    json_response(200, body)
}

/// The range that a URL asks for, or what is wrong with it in `CoinGecko`'s words.
fn parse_range(uri: &Uri) -> Result<PriceRange, String> {
    let Query(parameters) = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|_| "Invalid query string".to_owned())?;
    let parameter = |name: &str| {
        let found = parameters
            .iter()
            .find(|(key, value)| key == name && !value.is_empty());
        found
            .map(|(_, value)| value.as_str())
            .ok_or_else(|| format!("Missing parameter {name}"))
    };
    let unix_s = |name: &str| {
        let time: Option<f64> = parameter(name)?.parse().ok();
        time.filter(|time| time.is_finite())
            .ok_or_else(|| format!("Invalid parameter {name}"))
    };
    if !parameter("vs_currency")?.eq_ignore_ascii_case("usd") {
        return Err("invalid vs_currency".to_owned());
    }
    Ok(PriceRange {
        from_s: unix_s("from")?,
        to_s: unix_s("to")?,
    })
}

fn json_value(status: u16, value: &Value) -> Response {
    json_response(status, value.to_string().into_bytes())
}

fn json_response(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

impl Replay {
    /// Takes the fault that is meant for a request to the node.
    fn begin_rpc(&self) -> Option<Fault> {
        self.state().rpc_faults.pop_front()
    }

    /// Notes a request for prices, where it says which, and takes the fault that is meant for it.
    fn begin_price(&self, range: Option<&PriceRange>) -> Option<Fault> {
        let mut state = self.state();
        state
            .price_requests
            .extend(range.map(|range| (range.from_s, range.to_s)));
        state.price_faults.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::testing::bundled;

    /// 2025-08-20T00:00:00Z; the tests' tip, 911000, is later.
    const AUGUST_20: u32 = 1_755_648_000;

    const HASH_909459: &str = "000000000000000000017a8f0ad0b3d21218462ac97c4cae380bd16e1d947d8d";
    const BLOCK_HASH: &str = r#"{"method":"getblockhash","params":[909459],"id":1}"#;

    struct World {
        replay: Replay,
        address: std::net::SocketAddr,
    }

    impl World {
        async fn at(tip: u32) -> Self {
            let replay = Replay::new(bundled(), tip, 0.0).unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(replay.clone().serve(listener));
            Self { replay, address }
        }

        /// The whole HTTP answer as text.
        async fn exchange(&self, method: &str, path: &str, body: &str) -> io::Result<String> {
            let mut stream = TcpStream::connect(self.address).await?;
            let length = body.len();
            let request = format!(
                "{method} {path} HTTP/1.1\r\nhost: replay\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
            stream.write_all(request.as_bytes()).await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            Ok(answer)
        }

        async fn request(&self, method: &str, path: &str, body: &str) -> (u16, String) {
            let answer = self.exchange(method, path, body).await.unwrap();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
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
    async fn node_answers_on_every_path_but_rest() {
        let world = World::at(911_000).await;

        let expected = (
            200,
            json!({ "result": HASH_909459, "error": null, "id": 1 }),
        );
        assert_eq!(world.block_hash().await, expected);
        assert_eq!(world.post("/wallet/a", BLOCK_HASH).await, expected);
        assert_eq!(world.get("/rest/chaininfo.json").await.0, 404);
        assert_eq!(
            world
                .request("POST", "/rest/chaininfo.json", BLOCK_HASH)
                .await
                .0,
            404
        );
        assert_eq!(world.get("/").await.0, 405);
        assert_eq!(world.get("/ping").await.0, 404);
    }

    #[tokio::test]
    async fn prices_of_two_real_hours_come_in_milliseconds() {
        let world = World::at(911_000).await;

        let path = price_path("1755648000.5", &(AUGUST_20 + 7_200).to_string());
        let (status, body) = world.get(&path).await;

        let expected = r#"{"prices":[[1755651600000,113225.33],[1755655200000,113013.59]],"market_caps":[],"total_volumes":[]}"#;
        assert_eq!((status, body.as_str()), (200, expected));
        assert_eq!(
            world.replay.price_requests(),
            [(1_755_648_000.5, 1_755_655_200.0)]
        );
    }

    #[tokio::test]
    async fn prices_end_at_the_clock_and_go_on_after_a_release() {
        let world = World::at(911_000).await;
        let path = price_path("1747000000", "1800000000");
        let last_ms = |body: &str| {
            let body: Value = serde_json::from_str(body).unwrap();
            body["prices"].as_array().unwrap().last().unwrap()[0]
                .as_u64()
                .unwrap()
        };

        let before = last_ms(&world.get(&path).await.1);
        world.replay.release_to(911_100);
        let after = last_ms(&world.get(&path).await.1);

        let recording = bundled();
        let clock = u64::from(recording.blocks().latest_time(911_000));
        assert!(before <= clock * 1_000 && clock * 1_000 < before + 3_600_000);
        assert!(before < after);
    }

    #[tokio::test]
    async fn incomplete_price_request_is_refused_as_coingecko_does() {
        let world = World::at(911_000).await;
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
            let (status, body) = world.get(&format!("{route}{query}")).await;
            assert_eq!((status, body), (422, format!(r#"{{"error":"{message}"}}"#)));
        }
        assert!(world.replay.price_requests().is_empty());
    }

    #[tokio::test]
    async fn fault_takes_one_request_of_its_side_only() {
        let world = World::at(911_000).await;
        world.replay.inject_rpc_fault(http_fault(401));
        world.replay.inject_price_fault(http_fault(429));

        let refused = world
            .exchange("GET", &price_path("1", "2"), "")
            .await
            .unwrap();

        assert!(refused.starts_with("HTTP/1.1 429 "), "{refused}");
        assert!(
            refused.contains("\r\nretry-after: 1\r\n") && refused.ends_with("\r\n\r\nslow down")
        );
        assert_eq!(world.get(&price_path("1", "2")).await.0, 200);
        assert_eq!(world.replay.price_requests().len(), 2);
        assert_eq!(
            world.request("POST", "/", "{}").await,
            (401, "slow down".to_owned())
        );
        assert_eq!(world.block_hash().await.0, 200);
    }

    #[tokio::test]
    async fn rpc_fault_is_the_error_of_every_call() {
        let world = World::at(911_000).await;
        let warm_up = Fault::Rpc {
            code: -28,
            message: "Loading block index…".to_owned(),
        };
        world.replay.inject_rpc_fault(warm_up.clone());
        world.replay.inject_rpc_fault(warm_up);

        let single = world.block_hash().await;
        let batch = world.post("/", &format!("[{BLOCK_HASH}]")).await;

        let error = json!({ "code": -28, "message": "Loading block index…" });
        let expected = json!({ "result": null, "error": error, "id": 1 });
        assert_eq!(single, (500, expected.clone()));
        assert_eq!(batch, (200, json!([expected])));
    }

    #[tokio::test]
    async fn rpc_fault_on_the_price_side_has_a_coingecko_body() {
        let world = World::at(911_000).await;
        world.replay.inject_price_fault(Fault::Rpc {
            code: 10_012,
            message: "no".to_owned(),
        });

        let answer = world.get(&price_path("1", "2")).await;

        let body = r#"{"status":{"error_code":10012,"error_message":"no"}}"#;
        assert_eq!(answer, (500, body.to_owned()));
    }

    #[tokio::test]
    async fn dropped_connection_ends_without_a_byte() {
        let world = World::at(911_000).await;
        world.replay.inject_rpc_fault(Fault::DropConnection);

        let answer = world.exchange("POST", "/", BLOCK_HASH).await;

        assert_eq!(answer.unwrap_or_default(), "");
        assert_eq!(world.block_hash().await.0, 200);
    }

    #[tokio::test]
    async fn hanging_request_gets_no_answer() {
        let world = World::at(911_000).await;
        world.replay.inject_price_fault(Fault::Hang);

        let path = price_path("1", "2");
        let hanging = world.exchange("GET", &path, "");
        let later = async {
            while world.replay.price_requests().is_empty() {
                tokio::task::yield_now().await;
            }
            world.block_hash().await.0
        };

        tokio::select! {
            answer = hanging => panic!("an answer: {answer:?}"),
            status = later => assert_eq!(status, 200),
        }
    }

    #[tokio::test]
    async fn controls_move_the_chain_and_tell_where_it_is() {
        let world = World::at(909_600).await;
        let (height, hash) = world.replay.stale().swap_remove(3);

        let released = world.post("/_replay/release", r#"{"to": 911000}"#).await;
        let switched = world
            .post("/_replay/stale", &format!(r#"{{"hash":"{hash}"}}"#))
            .await;
        let (status, body) = world.get("/_replay").await;

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
    async fn control_queues_faults_for_shell_tests() {
        let world = World::at(911_000).await;
        let queue = |body: &'static str| world.post("/_replay/fault", body);

        let limit = r#"{"side":"price","status":429,"headers":{"retry-after":"2"},"times":2}"#;
        queue(limit).await;
        let (status, body) =
            queue(r#"{"side":"rpc","code":-28,"message":"Verifying blocks…"}"#).await;

        assert_eq!(
            (status, &body["queued_faults"]),
            (200, &json!({ "rpc": 1, "price": 2 }))
        );
        assert_eq!(world.block_hash().await.1["error"]["code"], -28);
        assert_eq!(world.get(&price_path("1", "2")).await.0, 429);
        assert_eq!(world.get(&price_path("1", "2")).await.0, 429);
        assert_eq!(world.get(&price_path("1", "2")).await.0, 200);
    }

    #[tokio::test]
    async fn controls_refuse_what_they_cannot_do() {
        let world = World::at(911_000).await;
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
            let (status, answer) = world.post(&format!("/_replay/{path}"), body).await;
            assert_eq!(status, 400, "{body}");
            assert!(!answer["error"].as_str().unwrap().is_empty());
        }
        assert_eq!(world.replay.tip().0, 911_000);
    }
}
