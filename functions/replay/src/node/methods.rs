//! The four JSON-RPC methods of the node.

use serde_json::Value;

use crate::node::chain::NodeView;
use crate::node::error::{
    INVALID_ADDRESS_OR_KEY, INVALID_PARAMETER, INVALID_REQUEST, METHOD_NOT_FOUND, MISC_ERROR,
    RpcError, TYPE_ERROR,
};
use crate::node::results::{ChainInfoJson, HeaderJson, MethodResult, StatsJson};
use crate::recording::block::RecordedBlock;

const METHODS: &str = "getblockchaininfo, getblockhash, getblockheader and getblockstats";

// Errors for invalid parameters.
const BLOCKCHAIN_INFO_USAGE: &str = "getblockchaininfo takes no parameters";
const BLOCK_HASH_USAGE: &str = "getblockhash takes a height";
const BLOCK_HEADER_USAGE: &str =
    "getblockheader takes a block hash and, optionally, true: only verbose replies are supported";
const BLOCK_STATS_USAGE: &str =
    "getblockstats takes a height or a block hash and, optionally, a list of field names";

pub(crate) fn call<'a>(
    node: NodeView<'a>,
    method: &str,
    params: &Value,
) -> Result<MethodResult<'a>, RpcError> {
    match method {
        "getblockchaininfo" => {
            let [] = positional(params, BLOCKCHAIN_INFO_USAGE)?;
            Ok(MethodResult::ChainInfo(chain_info(node.tip())))
        }
        "getblockhash" => {
            let [height] = positional(params, BLOCK_HASH_USAGE)?;
            block_hash(node, height).map(MethodResult::Hash)
        }
        "getblockheader" => {
            let [hash, verbose] = positional(params, BLOCK_HEADER_USAGE)?;
            header(node, hash, verbose).map(MethodResult::Header)
        }
        "getblockstats" => {
            let [hash_or_height, names] = positional(params, BLOCK_STATS_USAGE)?;
            block_stats(node, hash_or_height, names).map(MethodResult::Stats)
        }
        _ => {
            let message = format!("no such method: '{method}'. replay supports {METHODS}");
            Err(RpcError::new(METHOD_NOT_FOUND, message))
        }
    }
}

/// The parameters of a method; those that the request leaves out are null. The first one is required.
fn positional<'p, const N: usize>(
    params: &'p Value,
    usage: &'static str,
) -> Result<[&'p Value; N], RpcError> {
    let given = match params {
        Value::Null => &[],
        Value::Array(given) => given.as_slice(),
        _ => return Err(RpcError::new(INVALID_REQUEST, "Params must be an array")),
    };
    let mut values = [&Value::Null; N];
    for (value, given) in values.iter_mut().zip(given) {
        *value = given;
    }
    let first_is_missing = values.first().is_some_and(|first| first.is_null());
    if first_is_missing || N < given.len() {
        return Err(RpcError::new(MISC_ERROR, usage));
    }
    Ok(values)
}

fn chain_info(tip: &RecordedBlock) -> ChainInfoJson<'_> {
    ChainInfoJson {
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
    let height = parse_height(height, BLOCK_HASH_USAGE)?;
    match u32::try_from(height) {
        Ok(height) if height <= node.tip().height => Ok(&best_at(node, height)?.hash),
        _ => Err(RpcError::new(
            INVALID_PARAMETER,
            "Block height out of range",
        )),
    }
}

fn header<'a>(
    node: NodeView<'a>,
    hash: &Value,
    verbose: &Value,
) -> Result<HeaderJson<'a>, RpcError> {
    let Value::String(hash) = hash else {
        return Err(RpcError::new(TYPE_ERROR, BLOCK_HEADER_USAGE));
    };
    match verbose {
        Value::Null | Value::Bool(true) => {}
        Value::Bool(false) => return Err(RpcError::new(INVALID_PARAMETER, BLOCK_HEADER_USAGE)),
        _ => return Err(RpcError::new(TYPE_ERROR, BLOCK_HEADER_USAGE)),
    }
    let block = find(node, hash, "hash")?;
    let is_best = node.is_best(block);
    let above = block.height.checked_add(1).filter(|_| is_best);
    Ok(HeaderJson {
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
    names: &Value,
) -> Result<StatsJson<'a>, RpcError> {
    let block = match hash_or_height {
        Value::Number(_) => stats_block_at(node, parse_height(hash_or_height, BLOCK_STATS_USAGE)?)?,
        Value::String(hash) => find(node, hash, "hash_or_height")?,
        _ => return Err(RpcError::new(TYPE_ERROR, BLOCK_STATS_USAGE)),
    };
    let names: Option<Vec<&str>> = match names {
        Value::Null => Some(Vec::new()),
        Value::Array(names) => names.iter().map(Value::as_str).collect(),
        _ => None,
    };
    let names = names.ok_or_else(|| RpcError::new(TYPE_ERROR, BLOCK_STATS_USAGE))?;
    if block.height < node.blocks.first_unpruned_height() {
        return Err(pruned());
    }
    StatsJson::select(block, &names)
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

fn parse_height(value: &Value, usage: &'static str) -> Result<i32, RpcError> {
    if !value.is_number() {
        return Err(RpcError::new(TYPE_ERROR, usage));
    }
    value
        .as_i64()
        .and_then(|height| i32::try_from(height).ok())
        .ok_or_else(|| RpcError::new(MISC_ERROR, "JSON integer out of range"))
}

fn pruned() -> RpcError {
    RpcError::new(MISC_ERROR, "Block not available (pruned data)")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::node::chain::Chain;
    use crate::node::rpc::reply;
    use crate::testing::bundled_blocks;

    const TIP: u32 = 910_000;
    // Hashes of blocks 909458 to 909460, from the recorded node.
    const HASH_909459: &str = "000000000000000000017a8f0ad0b3d21218462ac97c4cae380bd16e1d947d8d";
    const HASH_909458: &str = "000000000000000000011a4b73b6215a9b89b109d1a4210363f7629ac2dece72";
    const HASH_909460: &str = "000000000000000000005ad748ba27ba46c0d601138a5f1d67626b65227ae293";

    /// HTTP status and body of the reply to a request. The node's tip is 910000.
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
        let reply = reply(&body, |method, params| call(node, method, params));
        (reply.status, serde_json::from_slice(&reply.body).unwrap())
    }

    /// A number as `serde_json` parses it: its 17th digit can differ by one.
    fn number(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn request(method: &str, params: Value) -> Value {
        json!({ "jsonrpc": "1.0", "id": "t", "method": method, "params": params })
    }

    fn result(method: &str, params: Value) -> Value {
        let (status, mut body) = post(&request(method, params));
        assert_eq!((status, &body["error"]), (200, &Value::Null));
        body["result"].take()
    }

    fn error(method: &str, params: Value) -> (u16, i64, String) {
        let (status, body) = post(&request(method, params));
        assert_eq!(body["result"], Value::Null);
        let error = &body["error"];
        let message = error["message"].as_str().unwrap().to_owned();
        (status, error["code"].as_i64().unwrap(), message)
    }

    #[test]
    fn chain_info_has_the_tip_and_omits_fields_that_are_not_recorded() {
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
    fn tip_is_the_same_in_chain_info_and_by_height() {
        let info = result("getblockchaininfo", Value::Null);

        let hash = result("getblockhash", json!([info["blocks"]]));

        assert_eq!(hash, info["bestblockhash"]);
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
        let reply = reply(request, |method, params| call(node, method, params));

        let text = String::from_utf8(reply.body).unwrap();
        assert!(
            text.contains(r#""difficulty":146716052770107.47,"#),
            "{text}"
        );
    }

    #[test]
    fn first_block_has_no_parent_and_tip_has_no_child() {
        let first = result("getblockheader", json!([HASH_909458]));
        let tip = result(
            "getblockheader",
            json!([result("getblockhash", json!([TIP]))]),
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
    fn stats_have_only_the_selected_fields() {
        let stats = result(
            "getblockstats",
            json!([910_000, ["txs", "totalfee", "txs"]]),
        );

        assert_eq!(stats, json!({ "totalfee": 2_719_278, "txs": 3_553 }));
    }

    #[test]
    fn named_parameters_are_refused() {
        let params = json!({ "height": 910_000 });

        assert_eq!(
            error("getblockhash", params),
            (400, -32_600, "Params must be an array".to_owned())
        );
    }

    #[test]
    fn first_120_blocks_have_headers_but_no_stats() {
        // Block 909458 + 120 = 909578 is the first one that has both.
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
    fn unknown_heights_and_hashes_are_refused_as_in_bitcoind() {
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
    fn bad_parameters_are_refused() {
        for (method, params, code) in [
            ("getblockchaininfo", json!([1]), -1),
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
    fn error_for_an_unknown_method_lists_the_supported_methods() {
        let message = "no such method: 'getblock'. replay supports getblockchaininfo, getblockhash, getblockheader \
                       and getblockstats";

        assert_eq!(
            error("getblock", json!([])),
            (404, -32_601, message.to_owned())
        );
    }

    #[test]
    fn batch_with_one_bad_height_has_results_for_the_others() {
        let (status, body) = post(&json!([
            { "id": 0, "method": "getblockstats", "params": [909_999, ["height"]] },
            { "id": 1, "method": "getblockstats", "params": [910_001, ["height"]] },
            { "id": 2, "method": "getblockstats", "params": [910_000, ["height"]] },
        ]));

        let bad_height = "Target block height 910001 after current tip 910000";
        let expected = json!([
            { "id": 0, "result": { "height": 909_999 }, "error": null },
            { "id": 1, "result": null, "error": { "code": -8, "message": bad_height } },
            { "id": 2, "result": { "height": 910_000 }, "error": null },
        ]);
        assert_eq!((status, body), (200, expected));
    }

    #[test]
    fn switch_to_a_stale_block_and_back_looks_like_a_reorg() {
        let blocks = bundled_blocks();
        let stale = &blocks.stale()[0].block;
        let sibling = blocks.canonical(stale.height).unwrap();
        let result_of = |chain: &Chain, method: &str, params: Value| {
            post_to(chain, &request(method, params)).1["result"].take()
        };
        let mut chain = Chain::new(stale.height);

        chain.switch_to_stale(&blocks, 0);
        let stale_header = result_of(&chain, "getblockheader", json!([&*stale.hash]));
        let sibling_header = result_of(&chain, "getblockheader", json!([&*sibling.hash]));
        let parent_header = result_of(
            &chain,
            "getblockheader",
            json!([stale.previous_hash.as_deref()]),
        );
        assert_eq!(
            result_of(&chain, "getblockchaininfo", json!([]))["bestblockhash"],
            *stale.hash
        );
        assert_eq!(
            result_of(&chain, "getblockhash", json!([stale.height])),
            *stale.hash
        );
        assert_eq!(stale_header["confirmations"], 1);
        assert_eq!(stale_header["version"], 0x2001_2000);
        assert_eq!(sibling_header["confirmations"], -1);
        assert_eq!(sibling_header.get("nextblockhash"), None);
        assert_eq!(parent_header["nextblockhash"], *stale.hash);
        assert_eq!(parent_header["confirmations"], 2);

        chain.release_to(stale.height + 1);
        let stale_header = result_of(&chain, "getblockheader", json!([&*stale.hash]));
        let sibling_header = result_of(&chain, "getblockheader", json!([&*sibling.hash]));
        assert_eq!(stale_header["confirmations"], -1);
        assert_eq!(sibling_header["confirmations"], 2);
    }

    #[test]
    fn hash_in_upper_case_is_found() {
        let header = result("getblockheader", json!([HASH_909459.to_uppercase()]));

        assert_eq!(header["hash"], HASH_909459);
    }
}
