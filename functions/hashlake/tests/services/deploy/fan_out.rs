//! Two years of history, handed out over the queue to the function on LocalStack, of which a month is poisoned.

use std::process::Output;

use serde_json::{Value, json};
use testenv::bitcoind::{Bitcoind, PASSWORD, USER};
use testenv::localstack::LocalStack;

use super::cloud::{Cloud, range, wait_until};
use crate::common::{beside_others, hashlake, said};

const NOWHERE: &str = "http://127.0.0.1:9"; // Blocks do not wait for prices.
const FIRST_TIME: u32 = 1_704_110_400; // 2024-01-01T12:00:00Z
const STEP: u32 = 36 * 3600; // Twenty blocks a month.
const BLOCKS: u32 = 515; // Until February 2026.
const STALE: u32 = 100; // Of May 2024.
const MONTHS: u64 = 24;
const LIVE: &str = "2026-01"; // The month that the schedule follows.

fn times(heights: std::ops::RangeInclusive<u32>) -> impl Iterator<Item = u32> {
    heights.map(|height| FIRST_TIME + STEP * (height - 1))
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
            .env("COINGECKO_URL", NOWHERE);
        command.output().expect("it runs")
    }

    fn missing(&self, range: &[&str]) -> Value {
        let output = self.hashlake(&[&["backfill", "--dry-run", "--json"], range].concat());
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).expect("a summary")
    }

    fn waiting(&self, queue: &str) -> u64 {
        let names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ];
        let answer = self.cloud.aws(&format!(
            "sqs get-queue-attributes --queue-url {queue} --attribute-names {}",
            names.join(" ")
        ));
        let count = |name: &str| answer["Attributes"][name].as_str()?.parse::<u64>().ok();
        names.into_iter().filter_map(count).sum()
    }
}

/// Median time of a block, as a month.
async fn month_of(node: &Bitcoind, height: u32) -> String {
    let hash = node.call("getblockhash", json!([height])).await;
    let header = node.call("getblockheader", json!([hash])).await;
    let secs = header["mediantime"].as_i64().expect("a time");
    let time = hashlake_core::timestamp::Timestamp::from_secs(secs).expect("a date");
    hashlake_core::month::Month::of(time).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_years_all_months_are_filled_but_a_poisoned_one_which_is_driven_again() {
    let _turn = beside_others().await;
    let node = Bitcoind::start(&[]).await;
    node.mine_at(times(1..=STALE), "raw(52)").await;
    let localstack = LocalStack::with_lambda().await;
    let parameters = format!(
        "BITCOIN_RPC_URL={}\nPRICE_SOURCES=coingecko\nCOINGECKO_URL={NOWHERE}\n",
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

    // A block of a chain that is left then: no other fits to it.
    assert_eq!(cloud.failure("hashlake-ingest", &range(STALE, STALE)), None);
    node.invalidate(1).await;
    node.mine_at(times(STALE..=BLOCKS), "raw(51)").await;

    // The schedule follows the tip from the first block of a month on.
    let mut live = BLOCKS;
    while month_of(node, live - 1).await.as_str() >= LIVE {
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
    let (queue, dead) = (
        cloud.output("hashlake", "Backfill"),
        cloud.output("hashlake", "BackfillFailures"),
    );
    // A message that failed comes back after half an hour, five times in all; here after so many seconds.
    cloud.aws(&format!(
        "sqs set-queue-attributes --queue-url {queue} --attributes VisibilityTimeout=10"
    ));
    let handed_out = stack.hashlake(&[&["backfill", "--queue", &queue], &heights[..]].concat());
    let left = stack.missing(&heights);

    assert_eq!(
        (&before["months"], &before["blocks"]),
        (&json!(MONTHS), &json!(live - 2))
    );
    assert!(
        !handed_out.status.success()
            && said(&handed_out).contains("months are not filled (1), of which 2024-05"),
        "{}",
        said(&handed_out)
    );
    assert_eq!(left["months"], 1);
    assert_eq!((stack.waiting(&queue), stack.waiting(&dead)), (0, 1));

    // What stood in the way is taken away, and the command that was named is run.
    cloud.aws(&format!(
        "s3 rm {}/v1/blocks/year=2024/blocks-2024-05.parquet --only-show-errors",
        stack.lake
    ));
    let said = said(&handed_out);
    let arn = said
        .split("--source-arn ")
        .nth(1)
        .and_then(|rest| rest.split('`').next());
    cloud.aws(&format!(
        "sqs start-message-move-task --source-arn {}",
        arn.expect("it says how")
    ));
    wait_until("the poisoned month", async || {
        (stack.missing(&heights)["blocks"] == 0).then_some(())
    })
    .await;
    let verified = stack.hashlake(&["verify"]);

    assert_eq!(stack.waiting(&dead), 0);
    let in_order = format!("in order: {BLOCKS} blocks");
    assert!(
        String::from_utf8_lossy(&verified.stdout).starts_with(&in_order),
        "{verified:?}"
    );
}
