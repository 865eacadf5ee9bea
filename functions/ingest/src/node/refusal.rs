//! What a node's HTTP reply means: replies to calls, or a refusal.
//!
//! Hosted nodes, and servers in front of a node, refuse in many ways: with an HTTP status, an HTML
//! page, one object in place of an array, or an error in each call.

use std::ops::Range;
use std::time::Duration;

use bitcoincore_rpc::jsonrpc::Response;
use bitcoincore_rpc::jsonrpc::error::RpcError;
use reqwest::StatusCode;
use serde_json::Value;

use super::error::{IN_WARMUP, NodeError};
use super::pace::{Busy, BusyKind};
use crate::http::{HttpReply, start_of};

const INVALID_REQUEST: i32 = -32_600;

/// Codes with which hosted nodes refuse calls when there are too many in a short time.
const RATE_CODES: [i32; 4] = [429, -32_005, -32_007, -32_029];

const QUEUE_WORDS: &str = "work queue depth exceeded";
const RATE_WORDS: [&str; 13] = [
    "rate limit",
    "rate-limit",
    "ratelimit",
    "too many requests",
    "too many calls",
    "request limit",
    "requests per second",
    "compute unit",
    "capacity",
    "throttl",
    "slow down",
    "quota",
    "limit exceeded",
];

/// What an HTTP reply to one or more calls means.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Replies, each with the place of its call. Some calls may have no reply.
    Replies(Vec<(usize, Response)>),
    Refused(Refusal),
}

/// Why calls have no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The same request may succeed later.
    Busy(Busy),
    /// Fewer calls in a request, or a single call, may succeed.
    Batch,
    /// There was no reply in time. If a server in front of the node reported it, `gateway` is its
    /// message.
    TimedOut { gateway: Option<String> },
    /// The connection broke or a server failed. The same request may succeed if it is sent again.
    Broken { reason: String },
    /// No other request can succeed.
    Final(NodeError),
}

/// Reads HTTP replies of the node at `address`.
pub(super) struct ReplyReader<'a> {
    pub(super) address: &'a str,
    /// Prepares a text of the node for an error message.
    pub(super) clean: &'a dyn Fn(&str) -> String,
}

impl ReplyReader<'_> {
    /// The meaning of the reply to the calls with these ids. Several calls are a batch.
    pub(super) fn read(&self, reply: &HttpReply, ids: &Range<u64>) -> Verdict {
        let is_batch = ids.end - ids.start > 1;
        let place = |response: &Response| {
            let id = id_of(&response.id).filter(|id| ids.contains(id))?;
            usize::try_from(id - ids.start).ok()
        };
        if let Ok(responses) = serde_json::from_slice::<Vec<Response>>(&reply.body) {
            let placed = responses.into_iter();
            let placed: Vec<_> = placed
                .filter_map(|response| Some((place(&response)?, response)))
                .collect();
            if !placed.is_empty() {
                return Verdict::Replies(placed);
            }
        } else if let Ok(response) = serde_json::from_slice::<Response>(&reply.body)
            && !is_batch
            && !matches!(reply.status.as_u16(), 401 | 403 | 429)
            && (place(&response).is_some() || response.id.is_null())
        {
            return Verdict::Replies(vec![(0, response)]);
        }
        Verdict::Refused(self.refusal_of_reply(reply, is_batch))
    }

    /// Why one call of a request was refused; `None` if another request with the same call would be
    /// refused too.
    pub(super) fn refusal_of_call(&self, error: &RpcError, is_batch: bool) -> Option<Refusal> {
        let words = error.message.to_lowercase();
        if is_batch && (error.code == INVALID_REQUEST || words.contains("batch")) {
            return Some(Refusal::Batch);
        }
        let kind = busy_kind(StatusCode::OK, Some(error.code), &words)?;
        Some(self.busy(kind, &error.message, None))
    }

    fn refusal_of_reply(&self, reply: &HttpReply, is_batch: bool) -> Refusal {
        let HttpReply {
            status,
            retry_after,
            body,
        } = reply;
        let (code, message) = error_of(body);
        let status_text = format!("HTTP status {}", status.as_u16());
        let message = (self.clean)(&message);
        let words = message.to_lowercase();
        let address = || self.address.to_owned();
        if *status == StatusCode::UNAUTHORIZED {
            return Refusal::Final(NodeError::Credentials {
                address: address(),
                message,
            });
        }
        if is_batch && words.contains("batch") {
            return Refusal::Batch;
        }
        // A page with a success status is not an error: its words are ignored.
        let is_error = !status.is_success() || !is_page(body);
        if let Some(kind) = busy_kind(*status, code, if is_error { &words } else { "" }) {
            let message = match message.as_str() {
                _ if is_page(body) => {
                    format!("{status_text}: the node behind this server may be down")
                }
                "" => status_text,
                _ => message,
            };
            return self.busy(kind, &message, *retry_after);
        }
        match status.as_u16() {
            408 | 504 | 522 | 524 => Refusal::TimedOut {
                gateway: Some(format!("{status_text}: {message}")),
            },
            _ if code == Some(IN_WARMUP) => Refusal::Final(NodeError::WarmingUp { message }),
            _ if is_batch => Refusal::Batch,
            403 => Refusal::Final(NodeError::Forbidden {
                address: address(),
                message,
            }),
            500.. => Refusal::Broken {
                reason: format!("{status_text}: {message}"),
            },
            status => Refusal::Final(NodeError::NotANode {
                address: address(),
                status,
                is_page: is_page(body),
                message,
            }),
        }
    }

    fn busy(&self, kind: BusyKind, message: &str, retry_after: Option<Duration>) -> Refusal {
        Refusal::Busy(Busy {
            kind,
            message: (self.clean)(message),
            retry_after,
        })
    }
}

/// The kind of overload that this reply reports, if it does. `words` is the error's message in
/// lower case.
fn busy_kind(status: StatusCode, code: Option<i32>, words: &str) -> Option<BusyKind> {
    let is_rate = status == StatusCode::TOO_MANY_REQUESTS
        || code.is_some_and(|code| RATE_CODES.contains(&code))
        || RATE_WORDS.iter().any(|word| words.contains(word));
    match status.as_u16() {
        _ if words.contains(QUEUE_WORDS) => Some(BusyKind::Queue),
        _ if is_rate => Some(BusyKind::Rate),
        502 | 503 | 520 | 521 | 523 | 529 => Some(BusyKind::Rate),
        _ => None,
    }
}

/// A number, or a string that holds it.
fn id_of(id: &Value) -> Option<u64> {
    id.as_u64().or_else(|| id.as_str()?.parse().ok())
}

/// Code and message of an error in JSON, whatever its shape; else the start of the body.
fn error_of(body: &[u8]) -> (Option<i32>, String) {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let json = match &json {
        Value::Array(elements) => elements.first().unwrap_or(&Value::Null),
        other => other,
    };
    let error = if json["error"].is_object() {
        &json["error"]
    } else {
        json
    };
    let code = error["code"].as_i64();
    let message = ["message", "error", "detail", "error_description"]
        .into_iter()
        .find_map(|name| error[name].as_str());
    let message = message.map_or_else(|| start_of(body), str::to_owned);
    (code.and_then(|code| i32::try_from(code).ok()), message)
}

fn is_page(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(1000)]).to_lowercase();
    start.contains("<html") || start.contains("<!doctype html")
}

#[cfg(test)]
mod tests {
    use hashlake_core::units::Sats;
    use proptest::sample::select;
    use serde_json::json;
    use testenv::fuzz::{changed, changes, fuzz};

    use super::super::answers::{
        BlockStats, BlockStatsJson, ChainInfoJson, HashJson, HeaderJson, NodeBlock, Tip,
    };
    use super::super::error::result;
    use super::*;

    const IDS: Range<u64> = 7..10;
    const ONE: Range<u64> = 7..8;

    fn verdict(status: u16, body: &str, ids: &Range<u64>) -> Verdict {
        let reader = ReplyReader {
            address: "http://node",
            clean: &|text| text.replace("s3cr3t", "***"),
        };
        let reply = HttpReply {
            status: StatusCode::from_u16(status).expect("a status"),
            retry_after: None,
            body: body.as_bytes().to_vec(),
        };
        reader.read(&reply, ids)
    }

    fn refusal(status: u16, body: &str, ids: &Range<u64>) -> Refusal {
        match verdict(status, body, ids) {
            Verdict::Refused(refusal) => refusal,
            Verdict::Replies(replies) => panic!("{replies:?} to {body}"),
        }
    }

    fn places(body: &Value, ids: &Range<u64>) -> Vec<usize> {
        match verdict(200, &body.to_string(), ids) {
            Verdict::Replies(replies) => replies.into_iter().map(|(place, _)| place).collect(),
            Verdict::Refused(refusal) => panic!("{refusal:?} to {body}"),
        }
    }

    #[test]
    fn replies_are_matched_by_id_whatever_their_order_and_form() {
        let reply = |id: Value| json!({ "jsonrpc": "2.0", "result": 1, "id": id });

        let shuffled = json!([reply(json!(9)), reply(json!("7")), reply(json!(8))]);
        assert_eq!(places(&shuffled, &IDS), [2, 0, 1]);
        let some = json!([reply(json!(9)), reply(json!(99)), reply(json!(null))]);
        assert_eq!(places(&some, &IDS), [2]);
        assert_eq!(places(&reply(json!("7")), &ONE), [0]);
        assert_eq!(places(&json!([reply(json!(7))]), &ONE), [0]);
        let nothing = json!({ "error": { "code": -1, "message": "no" }, "id": null });
        assert_eq!(places(&nothing, &ONE), [0]);
    }

    #[test]
    fn a_refused_batch_differs_from_a_refused_call() {
        let too_large = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Batch size too large"}}"#;
        let plan = r#"{"error":"batch requests are not allowed"}"#;
        for (status, body) in [
            (200, too_large),
            (400, too_large),
            (
                200,
                "[{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"no\"}}]",
            ),
            (403, plan),
            (403, "<html>403 Forbidden</html>"),
            (405, ""),
            (413, "Request Entity Too Large"),
            (500, "internal error"),
            (200, ""),
            (200, "[]"),
            (
                400,
                r#"{"error":{"code":-32000,"message":"batch limit exceeded"}}"#,
            ),
        ] {
            assert_eq!(
                refusal(status, body, &IDS),
                Refusal::Batch,
                "{status} {body}"
            );
        }
        assert!(matches!(
            refusal(403, "", &ONE),
            Refusal::Final(NodeError::Forbidden { message, .. }) if message.is_empty()
        ));
    }

    #[test]
    fn every_form_of_an_overload_is_detected() {
        let page = "<html><body>Too Many Requests</body></html>";
        for (status, body) in [
            (429, ""),
            (429, page),
            (
                429,
                r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32005,"message":"limit"}}"#,
            ),
            (
                403,
                r#"{"error":{"code":-32000,"message":"rate limit exceeded"}}"#,
            ),
            (
                400,
                r#"{"error":{"code":429,"message":"exceeded its compute units per second capacity"}}"#,
            ),
            (
                200,
                r#"{"error":{"code":-32007,"message":"25/second request limit reached"}}"#,
            ),
            (502, page),
            (200, r#"{"error":"rate limit"}"#),
            (200, "Too many requests"),
            (503, ""),
            (503, "<html>maintenance</html>"),
        ] {
            for ids in [&IDS, &ONE] {
                let refusal = refusal(status, body, ids);
                let is_rate = matches!(&refusal, Refusal::Busy(busy) if busy.kind == BusyKind::Rate && !busy.message.is_empty());
                assert!(is_rate, "{status} {body}: {refusal:?}");
            }
        }
        let queue = refusal(503, "Work queue depth exceeded", &ONE);
        assert!(matches!(
            queue,
            Refusal::Busy(Busy {
                kind: BusyKind::Queue,
                ..
            })
        ));
        let timed_out = refusal(504, "Gateway Time-out", &IDS);
        assert!(matches!(timed_out, Refusal::TimedOut { gateway: Some(_) }));
    }

    #[test]
    fn the_error_of_one_call_of_a_batch_means_busy_too_large_or_an_invalid_call() {
        let reader = ReplyReader {
            address: "",
            clean: &str::to_owned,
        };
        let refusal = |code, message: &str| {
            let (message, data) = (message.to_owned(), None);
            reader.refusal_of_call(
                &RpcError {
                    code,
                    message,
                    data,
                },
                true,
            )
        };

        assert!(matches!(refusal(-32_005, "slow"), Some(Refusal::Busy(_))));
        assert!(matches!(refusal(429, "over"), Some(Refusal::Busy(_))));
        assert_eq!(refusal(-32_600, "at most 10"), Some(Refusal::Batch));
        assert_eq!(refusal(-8, "Block height out of range"), None);
        assert_eq!(refusal(-1, "Block not available (pruned data)"), None);
    }

    #[test]
    fn other_refusals_show_what_the_server_sent() {
        let page = "<!doctype html>\n<title>Log in s3cr3t</title>";
        assert!(matches!(
            refusal(200, page, &ONE),
            Refusal::Final(NodeError::NotANode { is_page: true, status: 200, message, .. })
                if message == "<!doctype html> <title>Log in ***</title>"
        ));
        assert!(matches!(
            refusal(401, r#"{"message":"bad key s3cr3t"}"#, &IDS),
            Refusal::Final(NodeError::Credentials { message, .. }) if message == "bad key ***"
        ));
        let warmup = r#"{"result":null,"error":{"code":-28,"message":"Loading"},"id":null}"#;
        assert!(matches!(
            refusal(500, warmup, &IDS),
            Refusal::Final(NodeError::WarmingUp { .. })
        ));
        assert!(
            matches!(refusal(500, "oops", &ONE), Refusal::Broken { reason } if reason.contains("oops"))
        );
    }

    #[test]
    fn fuzz_replies() {
        let hash = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
        let results = [
            json!({"chain": "main", "blocks": 840_000, "headers": 840_001, "bestblockhash": hash, "pruneheight": 9}),
            json!({"hash": hash, "height": 1, "time": 1_700_000_000, "mediantime": 1_699_999_000, "bits": "1d00ffff", "nTx": 1}),
            json!({"blockhash": hash, "subsidy": 5_000_000_000_i64, "totalfee": 77}),
            json!(hash),
        ];
        let batch = |result: &Value| {
            json!([
                {"jsonrpc": "2.0", "id": 7, "result": result},
                {"id": 8, "result": null, "error": {"code": -5, "message": "Block not found"}},
                {"id": 9, "result": result, "error": null},
            ])
        };
        let bodies: Vec<String> = results
            .iter()
            .map(|result| batch(result).to_string())
            .collect();
        let statuses = select(vec![200, 400, 401, 404, 429, 500, 503]);
        fuzz(
            &(statuses, select(bodies), changes()),
            |(status, body, changes)| {
                let body =
                    String::from_utf8_lossy(&changed(body.as_bytes(), &changes)).into_owned();
                for ids in [&IDS, &ONE] {
                    let Verdict::Replies(replies) = verdict(status, &body, ids) else {
                        continue;
                    };
                    for (place, response) in replies {
                        assert!((place as u64) < ids.end - ids.start);
                        let refused = |error: &RpcError| NodeError::Malformed {
                            method: "a call",
                            reason: error.message.clone(),
                        };
                        drop(result::<ChainInfoJson>("a call", &response, refused).map(Tip::from));
                        drop(result::<HashJson>("a call", &response, refused));
                        drop(
                            result::<BlockStatsJson>("a call", &response, refused)
                                .map(BlockStats::from),
                        );
                        if let Ok(header) = result::<HeaderJson>("a call", &response, refused) {
                            let block = NodeBlock {
                                header: header.into(),
                                subsidy: Sats::ZERO,
                                fees: Sats::ZERO,
                                claimed: None,
                            };
                            let block = block.into_block(1.0, Some(0.0));
                            assert!(block.bits.difficulty().to_f64() > 0.0);
                        }
                    }
                }
            },
        );
    }
}
