//! The ingest function on LocalStack fills two years of history, month by month, from its queue. One
//! month fails at first.

use std::process::Output;

use serde_json::{Value, json};
use testenv::bitcoind::{Bitcoind, PASSWORD, USER};
use testenv::localstack::LocalStack;

use super::cloud::{Cloud, range, wait_until};
use crate::common::{hashlake, printed, shared_turn};

const UNREACHABLE_URL: &str = "http://127.0.0.1:9"; // Nothing listens there: blocks are stored without prices.
const FIRST_TIME: u32 = 1_704_110_400; // Time of block 1: 2024-01-01T12:00:00Z.
const BLOCK_INTERVAL_S: u32 = 36 * 3600; // A month has about twenty blocks.
const BLOCKS: u32 = 515; // Number of blocks. The last one is in February 2026.
const STALE_HEIGHT: u32 = 100; // Height of the block that becomes stale. It is in May 2024.
const MONTHS: u64 = 24; // Number of months before LIVE_MONTH.
const LIVE_MONTH: &str = "2026-01"; // Scheduled runs follow the tip from this month on.

fn times(heights: std::ops::RangeInclusive<u32>) -> impl Iterator<Item = u32> {
    heights.map(|height| FIRST_TIME + BLOCK_INTERVAL_S * (height - 1))
}

struct Stack {
    cloud: Cloud,
    localstack: LocalStack,
    node: Bitcoind,
    lake: String,
    cursor: String,
}

impl Stack {
    fn hashlake(&self, arguments: &[&str]) -> Output {
        let mut command = hashlake(arguments);
        command
            .envs(self.localstack.variables())
            .env("LAKE_URL", &self.lake)
            .env("CURSOR_URL", &self.cursor)
            .env("BITCOIN_RPC_URL", self.node.url())
            .env("BITCOIN_RPC_USER", USER)
            .env("BITCOIN_RPC_PASSWORD", PASSWORD)
            .env("PRICE_SOURCES", "coingecko")
            .env("COINGECKO_URL", UNREACHABLE_URL);
        command.output().expect("it runs")
    }

    /// The numbers of missing months and blocks in a range of heights.
    fn missing(&self, range: &[&str]) -> Value {
        let output = self.hashlake(&[&["backfill", "--dry-run", "--json"], range].concat());
        assert!(output.status.success(), "{}", printed(&output));
        serde_json::from_slice(&output.stdout).expect("a summary")
    }

    fn message_count(&self, queue: &str) -> u64 {
        let names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ];
        let response = self.cloud.aws(&format!(
            "sqs get-queue-attributes --queue-url {queue} --attribute-names {}",
            names.join(" ")
        ));
        let count = |name: &str| response["Attributes"][name].as_str()?.parse::<u64>().ok();
        names.into_iter().filter_map(count).sum()
    }
}

/// The month of a block's median time.
async fn month_of(node: &Bitcoind, height: u32) -> String {
    let hash = node.call("getblockhash", json!([height])).await;
    let header = node.call("getblockheader", json!([hash])).await;
    let secs = header["mediantime"].as_i64().expect("a time");
    let time = hashlake_core::timestamp::Timestamp::from_secs(secs).expect("a date");
    hashlake_core::month::Month::of(time).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_months_of_two_years_are_filled_after_the_failed_one_is_redriven() {
    let _turn = shared_turn().await;
    let node = Bitcoind::start(&[]).await;
    node.mine_at(times(1..=STALE_HEIGHT), "raw(52)").await;
    let localstack = LocalStack::with_lambda().await;
    let parameters = format!(
        "BITCOIN_RPC_URL={}\nPRICE_SOURCES=coingecko\nCOINGECKO_URL={UNREACHABLE_URL}\n",
        node.url()
    );
    let cloud = Cloud::new(localstack.endpoint(), None, &parameters);
    cloud.shell("make secret", &format!("{USER}\n{PASSWORD}\n"));
    cloud.shell("make deploy SCHEDULE='rate(1 day)'", "");
    let stack = Stack {
        lake: cloud.output("hashlake", "Lake"),
        cursor: cloud.output("hashlake", "Cursor"),
        cloud,
        localstack,
        node,
    };
    let (cloud, node) = (&stack.cloud, &stack.node);

    // Store a block of a chain that a reorg then replaces: the later blocks do not link to it.
    assert_eq!(
        cloud.failure("hashlake-ingest", &range(STALE_HEIGHT, STALE_HEIGHT)),
        None
    );
    node.invalidate(1).await;
    node.mine_at(times(STALE_HEIGHT..=BLOCKS), "raw(51)").await;

    // Deploy again, so that scheduled runs follow the tip from the first block of LIVE_MONTH.
    let mut live = BLOCKS;
    while month_of(node, live - 1).await.as_str() >= LIVE_MONTH {
        live -= 1;
    }
    cloud.shell(
        &format!("make deploy START_HEIGHT={live} SCHEDULE='rate(1 day)'"),
        "",
    );
    cloud.shell("make invoke-ingest", "");

    let last = (live - 1).to_string();
    let heights = ["--from", "1", "--to", &last];
    let before = stack.missing(&heights);
    let (queue, dead_letters) = (
        cloud.output("hashlake", "Backfill"),
        cloud.output("hashlake", "BackfillFailures"),
    );
    // The queue delivers a message up to five times, half an hour apart. Shorten this to ten seconds.
    cloud.aws(&format!(
        "sqs set-queue-attributes --queue-url {queue} --attributes VisibilityTimeout=10"
    ));
    let dispatched = stack.hashlake(&[&["backfill", "--queue", &queue], &heights[..]].concat());
    let left = stack.missing(&heights);

    assert_eq!(
        (&before["months"], &before["blocks"]),
        (&json!(MONTHS), &json!(live - 2))
    );
    assert!(
        !dispatched.status.success()
            && printed(&dispatched).contains("lacks blocks of 1 month(s); the first is 2024-05"),
        "{}",
        printed(&dispatched)
    );
    assert_eq!(left["months"], 1);
    assert_eq!(
        (
            stack.message_count(&queue),
            stack.message_count(&dead_letters)
        ),
        (0, 1)
    );

    // Remove the file with the stale block, and run the command that the error names.
    cloud.aws(&format!(
        "s3 rm {}/v1/blocks/year=2024/blocks-2024-05.parquet --only-show-errors",
        stack.lake
    ));
    let printed = printed(&dispatched);
    let arn = printed
        .split("--source-arn ")
        .nth(1)
        .and_then(|rest| rest.split('`').next());
    cloud.aws(&format!(
        "sqs start-message-move-task --source-arn {}",
        arn.expect("the error has the ARN")
    ));
    wait_until("the failed month", async || {
        (stack.missing(&heights)["blocks"] == 0).then_some(())
    })
    .await;
    let verified = stack.hashlake(&["verify"]);

    assert_eq!(stack.message_count(&dead_letters), 0);
    let no_errors = format!("no errors: {BLOCKS} blocks");
    assert!(
        String::from_utf8_lossy(&verified.stdout).starts_with(&no_errors),
        "{verified:?}"
    );
}
