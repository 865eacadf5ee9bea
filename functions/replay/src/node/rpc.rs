//! The JSON-RPC of a Bitcoin node, as Bitcoin Core 25 to 27 speak it: bytes in, bytes and HTTP status out.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::node::chain::NodeView;
use crate::recording::block::RecordedBlock;

// Bitcoin Core's codes (src/rpc/protocol.h).
const MISC_ERROR: i64 = -1;
const TYPE_ERROR: i64 = -3;
const INVALID_ADDRESS_OR_KEY: i64 = -5;
const INVALID_PARAMETER: i64 = -8;
const INVALID_REQUEST: i64 = -32_600;
const METHOD_NOT_FOUND: i64 = -32_601;
const PARSE_ERROR: i64 = -32_700;

const GET_BLOCKCHAIN_INFO: Usage = Usage {
    text: "getblockchaininfo",
    names: &[],
    required: 0,
};
const GET_BLOCK_COUNT: Usage = Usage {
    text: "getblockcount",
    names: &[],
    required: 0,
};
const GET_BEST_BLOCK_HASH: Usage = Usage {
    text: "getbestblockhash",
    names: &[],
    required: 0,
};
const GET_BLOCK_HASH: Usage = Usage {
    text: "getblockhash height",
    names: &["height"],
    required: 1,
};
const GET_BLOCK_HEADER: Usage = Usage {
    text: r#"getblockheader "blockhash" ( verbose )"#,
    names: &["blockhash", "verbose"],
    required: 1,
};
const GET_BLOCK_STATS: Usage = Usage {
    text: "getblockstats hash_or_height ( stats )",
    names: &["hash_or_height", "stats"],
    required: 1,
};

/// Most parameters that a method takes.
const MAX_PARAMETERS: usize = 2;

/// An HTTP answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// Calls that the request held: one, or the length of its batch.
    pub(crate) calls: u64,
}

/// The error of one call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct RpcError {
    code: i64,
    message: Cow<'static, str>,
}

/// The result of one call.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Answer<'a> {
    Height(u32),
    Hash(&'a str),
    ChainInfo(ChainInfo<'a>),
    Header(Header<'a>),
    Stats(Stats<'a>),
}

#[derive(Debug, Serialize)]
pub(crate) struct ChainInfo<'a> {
    chain: &'static str,
    blocks: u32,
    headers: u32,
    bestblockhash: &'a str,
    difficulty: f64,
    time: u32,
    mediantime: u32,
    verificationprogress: u32,
    initialblockdownload: bool,
    pruned: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Header<'a> {
    hash: &'a str,
    confirmations: i64,
    height: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
    time: u32,
    mediantime: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<u32>,
    #[serde(serialize_with = "as_hex")]
    bits: u32,
    difficulty: f64,
    #[serde(rename = "nTx")]
    tx_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    previousblockhash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nextblockhash: Option<&'a str>,
}

/// The selected fields of `getblockstats`.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Stats<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    blockhash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mediantime: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subsidy: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    totalfee: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    txs: Option<u64>,
}

/// The whole answer to one call.
#[derive(Serialize)]
struct Response<'a> {
    result: Option<Answer<'a>>,
    error: Option<RpcError>,
    id: &'a Value,
}

/// A method's parameters, by position and by name.
struct Usage {
    text: &'static str,
    names: &'static [&'static str],
    required: usize,
}

impl RpcError {
    pub(crate) fn new(code: i64, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// HTTP status of a single call that ends so.
    fn status(&self) -> u16 {
        match self.code {
            INVALID_REQUEST => 400,
            METHOD_NOT_FOUND => 404,
            _ => 500,
        }
    }
}

/// Answers the request in `body`, a call or a batch of calls, each of them as `answer` does.
pub(crate) fn reply<'a>(
    body: &[u8],
    answer: impl Fn(&str, &Value) -> Result<Answer<'a>, RpcError>,
) -> Reply {
    let mut out = Vec::new();
    match serde_json::from_slice(body) {
        Ok(Value::Array(calls)) => {
            out.push(b'[');
            for (index, call) in calls.iter().enumerate() {
                if 0 < index {
                    out.push(b',');
                }
                write_response(&mut out, id_of(call), run(call, &answer));
            }
            out.push(b']');
            Reply {
                status: 200,
                body: out,
                calls: calls.len() as u64,
            }
        }
        Ok(call @ Value::Object(_)) => {
            let status = write_response(&mut out, id_of(&call), run(&call, &answer));
            Reply {
                status,
                body: out,
                calls: 1,
            }
        }
        Ok(_) => refused(RpcError::new(PARSE_ERROR, "Top-level object parse error")),
        Err(_) => refused(RpcError::new(PARSE_ERROR, "Parse error")),
    }
}

/// What the node answers to one call.
pub(crate) fn answer<'a>(
    node: NodeView<'a>,
    method: &str,
    params: &Value,
) -> Result<Answer<'a>, RpcError> {
    match method {
        "getblockchaininfo" => {
            arguments(&GET_BLOCKCHAIN_INFO, params)?;
            Ok(Answer::ChainInfo(chain_info(node.tip())))
        }
        "getblockcount" => {
            arguments(&GET_BLOCK_COUNT, params)?;
            Ok(Answer::Height(node.tip().height))
        }
        "getbestblockhash" => {
            arguments(&GET_BEST_BLOCK_HASH, params)?;
            Ok(Answer::Hash(&node.tip().hash))
        }
        "getblockhash" => {
            let [height, _] = arguments(&GET_BLOCK_HASH, params)?;
            block_hash(node, height).map(Answer::Hash)
        }
        "getblockheader" => {
            let [hash, verbose] = arguments(&GET_BLOCK_HEADER, params)?;
            header(node, hash, verbose).map(Answer::Header)
        }
        "getblockstats" => {
            let [hash_or_height, stats] = arguments(&GET_BLOCK_STATS, params)?;
            block_stats(node, hash_or_height, stats).map(Answer::Stats)
        }
        _ => Err(RpcError::new(METHOD_NOT_FOUND, "Method not found")),
    }
}

fn run<'a>(
    call: &Value,
    answer: impl Fn(&str, &Value) -> Result<Answer<'a>, RpcError>,
) -> Result<Answer<'a>, RpcError> {
    let Value::Object(call) = call else {
        return Err(RpcError::new(INVALID_REQUEST, "Invalid Request object"));
    };
    match call.get("method") {
        Some(Value::String(method)) => answer(method, call.get("params").unwrap_or(&Value::Null)),
        None | Some(Value::Null) => Err(RpcError::new(INVALID_REQUEST, "Missing method")),
        Some(_) => Err(RpcError::new(INVALID_REQUEST, "Method must be a string")),
    }
}

fn id_of(call: &Value) -> &Value {
    call.get("id").unwrap_or(&Value::Null)
}

fn refused(error: RpcError) -> Reply {
    let mut out = Vec::new();
    let status = write_response(&mut out, &Value::Null, Err(error));
    Reply {
        status,
        body: out,
        calls: 0,
    }
}

/// Writes the answer to one call and tells its HTTP status.
fn write_response(out: &mut Vec<u8>, id: &Value, outcome: Result<Answer<'_>, RpcError>) -> u16 {
    let status = outcome.as_ref().map_or_else(RpcError::status, |_| 200);
    let (result, error) = match outcome {
        Ok(result) => (Some(result), None),
        Err(error) => (None, Some(error)),
    };
    serde_json::to_writer(out, &Response { result, error, id })
        .expect("a vector takes every byte, and all keys are strings");
    status
}

/// The values of a method's parameters, given in order or by name; null for those that are left out.
fn arguments<'p>(
    usage: &Usage,
    params: &'p Value,
) -> Result<[&'p Value; MAX_PARAMETERS], RpcError> {
    let mut values = [&Value::Null; MAX_PARAMETERS];
    match params {
        Value::Null => {}
        Value::Array(given) if given.len() <= usage.names.len() => {
            for (value, given) in values.iter_mut().zip(given) {
                *value = given;
            }
        }
        Value::Array(_) => return Err(RpcError::new(MISC_ERROR, usage.text)),
        Value::Object(given) => {
            for (name, given) in given {
                let place = usage.names.iter().position(|known| known == name);
                let Some(value) = place.and_then(|place| values.get_mut(place)) else {
                    let message = format!("Unknown named parameter {name}");
                    return Err(RpcError::new(INVALID_PARAMETER, message));
                };
                *value = given;
            }
        }
        _ => {
            return Err(RpcError::new(
                INVALID_REQUEST,
                "Params must be an array or object",
            ));
        }
    }
    if values
        .iter()
        .take(usage.required)
        .any(|value| value.is_null())
    {
        return Err(RpcError::new(MISC_ERROR, usage.text));
    }
    Ok(values)
}

fn chain_info(tip: &RecordedBlock) -> ChainInfo<'_> {
    ChainInfo {
        chain: "main",
        blocks: tip.height,
        headers: tip.height,
        bestblockhash: &tip.hash,
        difficulty: tip.difficulty,
        time: tip.time,
        mediantime: tip.median_time,
        verificationprogress: 1,
        initialblockdownload: false,
        pruned: false,
    }
}

fn block_hash<'a>(node: NodeView<'a>, height: &Value) -> Result<&'a str, RpcError> {
    let height = parse_height(height, "Position 1 (height)")?;
    match u32::try_from(height) {
        Ok(height) if height <= node.tip().height => Ok(&best_at(node, height)?.hash),
        _ => Err(RpcError::new(
            INVALID_PARAMETER,
            "Block height out of range",
        )),
    }
}

fn header<'a>(node: NodeView<'a>, hash: &Value, verbose: &Value) -> Result<Header<'a>, RpcError> {
    let Value::String(hash) = hash else {
        return Err(wrong_type("Position 1 (blockhash)", hash, "string"));
    };
    match verbose {
        Value::Null | Value::Bool(true) => {}
        Value::Bool(false) => {
            let message = "verbose=false is not answered: no serialised headers are recorded";
            return Err(RpcError::new(INVALID_PARAMETER, message));
        }
        other => return Err(wrong_type("Position 2 (verbose)", other, "bool")),
    }
    let block = find(node, hash, "hash")?;
    let is_best = node.is_best(block);
    let above = block.height.checked_add(1).filter(|_| is_best);
    Ok(Header {
        hash: &block.hash,
        confirmations: if is_best {
            i64::from(node.tip().height) - i64::from(block.height) + 1
        } else {
            -1
        },
        height: block.height,
        version: block.header_only.map(|header| header.version),
        time: block.time,
        mediantime: block.median_time,
        nonce: block.header_only.map(|header| header.nonce),
        bits: block.bits,
        difficulty: block.difficulty,
        tx_count: block.tx_count,
        previousblockhash: block.previous_hash.as_deref(),
        nextblockhash: above
            .and_then(|height| node.best_at(height))
            .map(|next| &*next.hash),
    })
}

fn block_stats<'a>(
    node: NodeView<'a>,
    hash_or_height: &Value,
    selected: &Value,
) -> Result<Stats<'a>, RpcError> {
    let block = match hash_or_height {
        Value::Number(_) => {
            let height = parse_height(hash_or_height, "Position 1 (hash_or_height)")?;
            stats_block_at(node, height)?
        }
        Value::String(hash) => find(node, hash, "hash_or_height")?,
        other => return Err(wrong_type("Position 1 (hash_or_height)", other, "string")),
    };
    let names = match selected {
        Value::Null => &[],
        Value::Array(names) => names.as_slice(),
        other => return Err(wrong_type("Position 2 (stats)", other, "array")),
    };
    if block.height < node.blocks.first_unpruned_height() {
        return Err(pruned());
    }
    let mut stats = Stats::default();
    for name in names {
        let Value::String(name) = name else {
            return Err(wrong_type("Position 2 (stats)", name, "string"));
        };
        stats.select(name, block)?;
    }
    if names.is_empty() {
        for name in [
            "blockhash",
            "height",
            "mediantime",
            "subsidy",
            "time",
            "totalfee",
            "txs",
        ] {
            stats.select(name, block)?;
        }
    }
    Ok(stats)
}

impl<'a> Stats<'a> {
    fn select(&mut self, name: &str, block: &'a RecordedBlock) -> Result<(), RpcError> {
        match name {
            "blockhash" => self.blockhash = Some(&block.hash),
            "height" => self.height = Some(block.height),
            "mediantime" => self.mediantime = Some(block.median_time),
            "subsidy" => self.subsidy = Some(block.subsidy_sat),
            "time" => self.time = Some(block.time),
            "totalfee" => self.totalfee = Some(block.fees_sat),
            "txs" => self.txs = Some(block.tx_count),
            _ => {
                let message = format!("Invalid selected statistic '{name}'");
                return Err(RpcError::new(INVALID_PARAMETER, message));
            }
        }
        Ok(())
    }
}

fn stats_block_at(node: NodeView<'_>, height: i32) -> Result<&RecordedBlock, RpcError> {
    let tip = node.tip().height;
    match u32::try_from(height) {
        Ok(height) if height <= tip => best_at(node, height),
        Ok(height) => {
            let message = format!("Target block height {height} after current tip {tip}");
            Err(RpcError::new(INVALID_PARAMETER, message))
        }
        Err(_) => {
            let message = format!("Target block height {height} is negative");
            Err(RpcError::new(INVALID_PARAMETER, message))
        }
    }
}

/// The block of the best chain at a height that is not above the tip.
fn best_at(node: NodeView<'_>, height: u32) -> Result<&RecordedBlock, RpcError> {
    node.best_at(height).ok_or_else(pruned)
}

fn find<'a>(node: NodeView<'a>, hash: &str, name: &str) -> Result<&'a RecordedBlock, RpcError> {
    if hash.len() != 64 {
        let message = format!(
            "{name} must be of length 64 (not {}, for '{hash}')",
            hash.len()
        );
        return Err(RpcError::new(INVALID_PARAMETER, message));
    }
    if !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let message = format!("{name} must be hexadecimal string (not '{hash}')");
        return Err(RpcError::new(INVALID_PARAMETER, message));
    }
    let found = if hash.bytes().any(|byte| byte.is_ascii_uppercase()) {
        node.find(&hash.to_ascii_lowercase())
    } else {
        node.find(hash)
    };
    found.ok_or_else(|| RpcError::new(INVALID_ADDRESS_OR_KEY, "Block not found"))
}

fn parse_height(value: &Value, position: &str) -> Result<i32, RpcError> {
    if !value.is_number() {
        return Err(wrong_type(position, value, "number"));
    }
    value
        .as_i64()
        .and_then(|height| i32::try_from(height).ok())
        .ok_or_else(|| RpcError::new(MISC_ERROR, "JSON integer out of range"))
}

fn pruned() -> RpcError {
    RpcError::new(MISC_ERROR, "Block not available (pruned data)")
}

fn wrong_type(position: &str, value: &Value, expected: &str) -> RpcError {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let message = format!(
        "Wrong type passed:\n{{\n    \"{position}\": \"JSON value of type {found} is not of expected type {expected}\"\n}}"
    );
    RpcError::new(TYPE_ERROR, message)
}

fn as_hex<S: Serializer>(bits: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{bits:08x}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::node::chain::Chain;
    use crate::testing::bundled_blocks;

    const TIP: u32 = 910_000;
    /// 909458 to 909460 as the recorded node told them.
    const HASH_909459: &str = "000000000000000000017a8f0ad0b3d21218462ac97c4cae380bd16e1d947d8d";
    const HASH_909458: &str = "000000000000000000011a4b73b6215a9b89b109d1a4210363f7629ac2dece72";
    const HASH_909460: &str = "000000000000000000005ad748ba27ba46c0d601138a5f1d67626b65227ae293";

    /// HTTP status and body for a request to a node whose tip is 910000.
    fn post(request: &Value) -> (u16, Value) {
        post_to(&Chain::new(TIP), request)
    }

    fn post_to(chain: &Chain, request: &Value) -> (u16, Value) {
        let blocks = bundled_blocks();
        let node = NodeView {
            blocks: &blocks,
            chain,
        };
        let body = serde_json::to_vec(request).unwrap();
        let reply = reply(&body, |method, params| answer(node, method, params));
        (reply.status, serde_json::from_slice(&reply.body).unwrap())
    }

    /// A number as the parser reads it, which can be off by one in the 17th digit.
    fn number(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn call(method: &str, params: Value) -> Value {
        json!({ "jsonrpc": "1.0", "id": "t", "method": method, "params": params })
    }

    fn result(method: &str, params: Value) -> Value {
        let (status, mut body) = post(&call(method, params));
        assert_eq!((status, &body["error"]), (200, &Value::Null));
        body["result"].take()
    }

    fn error(method: &str, params: Value) -> (u16, i64, String) {
        let (status, body) = post(&call(method, params));
        assert_eq!(body["result"], Value::Null);
        let error = &body["error"];
        let message = error["message"].as_str().unwrap().to_owned();
        (status, error["code"].as_i64().unwrap(), message)
    }

    #[test]
    fn chain_info_tells_the_tip_and_leaves_out_what_is_not_recorded() {
        let info = result("getblockchaininfo", json!([]));

        let expected = json!({
            "chain": "main",
            "blocks": 910_000,
            "headers": 910_000,
            "bestblockhash": "0000000000000000000108970acb9522ffd516eae17acddcb1bd16469194a821",
            "difficulty": number("129435235580344.81"),
            "time": 1_755_163_555,
            "mediantime": 1_755_159_732,
            "verificationprogress": 1,
            "initialblockdownload": false,
            "pruned": false,
        });
        assert_eq!(info, expected);
    }

    #[test]
    fn tip_is_the_same_by_height_and_by_hash() {
        let hash = result("getbestblockhash", Value::Null);

        assert_eq!(result("getblockcount", json!([])), 910_000);
        assert_eq!(result("getblockhash", json!([910_000])), hash);
    }

    #[test]
    fn header_of_a_real_block_is_the_recorded_one() {
        let header = result("getblockheader", json!([HASH_909459]));

        let expected = json!({
            "hash": HASH_909459,
            "confirmations": 910_000 - 909_459 + 1,
            "height": 909_459,
            "time": 1_754_858_528,
            "mediantime": 1_754_852_503,
            "bits": "17022cb3",
            "difficulty": number("129435235580344.81"),
            "nTx": 4_118,
            "previousblockhash": HASH_909458,
            "nextblockhash": HASH_909460,
        });
        assert_eq!(header, expected);
    }

    #[test]
    fn difficulty_is_written_with_the_recorded_digits() {
        let blocks = bundled_blocks();
        let node = NodeView {
            blocks: &blocks,
            chain: &Chain::new(920_000),
        };

        let request = br#"{"method":"getblockchaininfo"}"#;
        let reply = reply(request, |method, params| answer(node, method, params));

        let text = String::from_utf8(reply.body).unwrap();
        assert!(
            text.contains(r#""difficulty":146716052770107.47,"#),
            "{text}"
        );
    }

    #[test]
    fn first_block_has_no_parent_and_the_tip_no_child() {
        let first = result("getblockheader", json!([HASH_909458]));
        let tip = result(
            "getblockheader",
            json!([result("getbestblockhash", json!([]))]),
        );

        assert_eq!(first.get("previousblockhash"), None);
        assert_eq!(tip.get("nextblockhash"), None);
        assert_eq!(tip["confirmations"], 1);
    }

    #[test]
    fn stats_of_a_real_block_are_the_recorded_ones_by_height_and_by_hash() {
        let expected = json!({
            "blockhash": "0000000000000000000108970acb9522ffd516eae17acddcb1bd16469194a821",
            "height": 910_000,
            "mediantime": 1_755_159_732,
            "subsidy": 312_500_000,
            "time": 1_755_163_555,
            "totalfee": 2_719_278,
            "txs": 3_553,
        });

        assert_eq!(result("getblockstats", json!([910_000])), expected);
        assert_eq!(
            result("getblockstats", json!([expected["blockhash"]])),
            expected
        );
        assert_eq!(result("getblockstats", json!([910_000, []])), expected);
    }

    #[test]
    fn stats_hold_just_the_selected_fields() {
        let stats = result(
            "getblockstats",
            json!([910_000, ["txs", "totalfee", "txs"]]),
        );

        assert_eq!(stats, json!({ "totalfee": 2_719_278, "txs": 3_553 }));
    }

    #[test]
    fn parameters_may_be_named() {
        let params = json!({ "stats": ["txs"], "hash_or_height": 910_000 });

        assert_eq!(result("getblockstats", params), json!({ "txs": 3_553 }));
        assert_eq!(
            error("getblockhash", json!({ "hight": 910_000 })),
            (500, -8, "Unknown named parameter hight".to_owned())
        );
    }

    #[test]
    fn window_blocks_have_headers_but_no_stats() {
        // 909458 + 120 = 909578 is the first with both.
        let pruned = (500, -1, "Block not available (pruned data)".to_owned());

        assert_eq!(error("getblockstats", json!([909_577])), pruned);
        assert_eq!(error("getblockstats", json!([HASH_909459])), pruned);
        assert_eq!(
            result("getblockstats", json!([909_578, ["height"]])),
            json!({ "height": 909_578 })
        );
        assert_eq!(result("getblockhash", json!([909_459])), HASH_909459);
    }

    #[test]
    fn blocks_below_the_recording_are_pruned() {
        let pruned = (500, -1, "Block not available (pruned data)".to_owned());

        assert_eq!(error("getblockhash", json!([909_457])), pruned);
        assert_eq!(error("getblockstats", json!([0])), pruned);
    }

    #[test]
    fn heights_and_hashes_that_the_node_has_not_are_refused_in_its_words() {
        let unknown = "a".repeat(64);
        let next = bundled_blocks()
            .canonical(910_001)
            .unwrap()
            .hash
            .to_string();
        for (method, params, code, message) in [
            (
                "getblockhash",
                json!([910_001]),
                -8,
                "Block height out of range",
            ),
            ("getblockhash", json!([-1]), -8, "Block height out of range"),
            ("getblockheader", json!([unknown]), -5, "Block not found"),
            ("getblockheader", json!([next]), -5, "Block not found"),
            ("getblockstats", json!([unknown]), -5, "Block not found"),
            (
                "getblockstats",
                json!([-1]),
                -8,
                "Target block height -1 is negative",
            ),
            (
                "getblockstats",
                json!([910_001]),
                -8,
                "Target block height 910001 after current tip 910000",
            ),
            (
                "getblockstats",
                json!([910_000, ["avgfee"]]),
                -8,
                "Invalid selected statistic 'avgfee'",
            ),
            (
                "getblockheader",
                json!(["ab"]),
                -8,
                "hash must be of length 64 (not 2, for 'ab')",
            ),
        ] {
            assert_eq!(error(method, params), (500, code, message.to_owned()));
        }
    }

    #[test]
    fn parameters_that_do_not_fit_are_refused() {
        for (method, params, code) in [
            ("getblockcount", json!([1]), -1),
            ("getblockhash", json!([]), -1),
            ("getblockhash", json!([null]), -1),
            ("getblockhash", json!(["910000"]), -3),
            ("getblockhash", json!([1.5]), -1),
            ("getblockhash", json!([5_000_000_000_u64]), -1),
            ("getblockheader", json!([7]), -3),
            ("getblockheader", json!([HASH_909459, false]), -8),
            ("getblockheader", json!([HASH_909459, true, 1]), -1),
            ("getblockstats", json!([true]), -3),
            ("getblockstats", json!([910_000, "txs"]), -3),
            ("getblockstats", json!([910_000, [7]]), -3),
        ] {
            let (status, found, _) = error(method, params);
            assert_eq!((status, found), (500, code), "{method}");
        }
    }

    #[test]
    fn single_call_tells_its_error_by_http_status_too() {
        assert_eq!(
            error("getblock", json!([])),
            (404, -32_601, "Method not found".to_owned())
        );
        assert_eq!(post(&json!({ "id": 1 })).0, 400);
        assert_eq!(post(&json!({ "method": 1 })).0, 400);
        assert_eq!(
            post(&json!({ "method": "getblockcount", "params": 1 })).0,
            400
        );
        assert_eq!(post(&json!(7)).0, 500);
    }

    #[test]
    fn text_that_is_not_json_is_a_parse_error() {
        let reply = reply(b"{", |_, _| panic!("there is no call"));

        assert_eq!((reply.status, reply.calls), (500, 0));
        assert_eq!(
            reply.body,
            br#"{"result":null,"error":{"code":-32700,"message":"Parse error"},"id":null}"#
        );
    }

    #[test]
    fn ids_come_back_as_they_were() {
        for id in [
            json!(7),
            json!("seven"),
            json!(null),
            json!([1, { "a": 2 }]),
        ] {
            let (_, body) = post(&json!({ "method": "getblockcount", "id": id }));
            assert_eq!(body, json!({ "result": 910_000, "error": null, "id": id }));
        }
    }

    #[test]
    fn batch_with_one_bad_height_answers_the_others() {
        let (status, body) = post(&json!([
            { "id": 0, "method": "getblockstats", "params": [909_999, ["height"]] },
            { "id": 1, "method": "getblockstats", "params": [910_001, ["height"]] },
            { "id": 2, "method": "getblockstats", "params": [910_000, ["height"]] },
            7,
        ]));

        let bad_height = "Target block height 910001 after current tip 910000";
        let expected = json!([
            { "id": 0, "result": { "height": 909_999 }, "error": null },
            { "id": 1, "result": null, "error": { "code": -8, "message": bad_height } },
            { "id": 2, "result": { "height": 910_000 }, "error": null },
            { "id": null, "result": null, "error": { "code": -32_600, "message": "Invalid Request object" } },
        ]);
        assert_eq!((status, body), (200, expected));
    }

    #[test]
    fn empty_batch_gets_an_empty_answer() {
        assert_eq!(post(&json!([])), (200, json!([])));
    }

    #[test]
    fn stale_switch_and_back_is_told_as_a_node_tells_a_reorganisation() {
        let blocks = bundled_blocks();
        let stale = &blocks.stale()[0].block;
        let sibling = blocks.canonical(stale.height).unwrap();
        let ask = |chain: &Chain, method: &str, params: Value| {
            post_to(chain, &call(method, params)).1["result"].take()
        };
        let mut chain = Chain::new(stale.height);

        chain.switch_to_stale(&blocks, 0);
        let stale_header = ask(&chain, "getblockheader", json!([&*stale.hash]));
        let sibling_header = ask(&chain, "getblockheader", json!([&*sibling.hash]));
        let parent_header = ask(
            &chain,
            "getblockheader",
            json!([stale.previous_hash.as_deref()]),
        );
        assert_eq!(ask(&chain, "getbestblockhash", json!([])), *stale.hash);
        assert_eq!(
            ask(&chain, "getblockhash", json!([stale.height])),
            *stale.hash
        );
        assert_eq!(stale_header["confirmations"], 1);
        assert_eq!(stale_header["version"], 0x2001_2000);
        assert_eq!(sibling_header["confirmations"], -1);
        assert_eq!(sibling_header.get("nextblockhash"), None);
        assert_eq!(parent_header["nextblockhash"], *stale.hash);
        assert_eq!(parent_header["confirmations"], 2);

        chain.release_to(stale.height + 1);
        let stale_header = ask(&chain, "getblockheader", json!([&*stale.hash]));
        let sibling_header = ask(&chain, "getblockheader", json!([&*sibling.hash]));
        assert_eq!(stale_header["confirmations"], -1);
        assert_eq!(sibling_header["confirmations"], 2);
    }

    #[test]
    fn hash_in_upper_case_is_found() {
        let header = result("getblockheader", json!([HASH_909459.to_uppercase()]));

        assert_eq!(header["hash"], HASH_909459);
    }
}
