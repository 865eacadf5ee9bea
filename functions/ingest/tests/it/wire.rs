//! Runs ingest against S3, DynamoDB, a node and a price source over HTTP, through the real clients, with
//! faults in the bytes of their answers. After the faults, two healthy runs must leave the rows of an
//! undisturbed world.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hashlake_core::asic::{self, Asic};
use hashlake_core::cursor::Cursor;
use hashlake_core::cursor::object::ObjectCursor;
use hashlake_core::lake::Lake;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::{LengthGuard, asics, blocks, daily, mwh_revenue};
use ingest::pipeline::{IngestContext, IngestError, Report, Run, follow_tip};
use ingest::prices::PriceSources;
use ingest::prices::coingecko::CoinGeckoTier;
use replay::Replay;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::common::wire::{Wire, mix};
use crate::common::{blocks_of, coingecko, context, memory, now, replay};

/// How many worlds there are, unless `HASHLAKE_WIRE_SEEDS` is set. `HASHLAKE_WIRE_FROM` is the first seed.
const SEEDS: u64 = 40;

/// Worlds at the same time. Most of their time, they wait for a retry.
const AT_ONCE: usize = 12;

/// How long after [`now`] the two healthy runs are. By then, every price is final.
const HEALTHY: [Duration; 2] = [
    Duration::from_secs(2 * 86_400),
    Duration::from_secs(2 * 86_400 + 7200),
];

/// Blocks of the lake below the stale block.
const BLOCKS_BELOW: u32 = 30;

/// A run with faults has this much time. It commits what it has 30 seconds before its end.
const RUN_MAX: Duration = Duration::from_secs(60);

/// The chain before and after a reorg.
struct Chains {
    first: u32,
    before: (Replay, String),
    after: (Replay, String),
}

async fn chains() -> Chains {
    let before = replay(919_000).await;
    let (height, stale) = before
        .0
        .stale()
        .into_iter()
        .find(|(height, _)| (920_000..924_700).contains(height))
        .expect("a stale block");
    before.0.release_to(height);
    before.0.switch_to_stale(&stale).expect("a stale block");
    let after = replay(height + 6).await;
    Chains {
        first: height - BLOCKS_BELOW,
        before,
        after,
    }
}

fn machines() -> Vec<Asic> {
    asic::catalogue().into_iter().take(2).collect()
}

async fn follow(
    context: &IngestContext,
    chains: &Chains,
    (owner, later): (&str, Duration),
    time: Duration,
) -> Result<Report, IngestError> {
    let started = Instant::now();
    let run = Run {
        owner: owner.to_owned(),
        start_height: Some(chains.first),
        time_left: &|| time.saturating_sub(started.elapsed()),
        now: &|| now() + later + started.elapsed(),
        progress: &|_| (),
    };
    follow_tip(context, &run).await
}

/// The rows of a lake, and whether its other tables follow from them.
async fn rows(lake: &dyn Lake) -> Result<Vec<PricedBlock>, String> {
    let rows = blocks_of(lake).await;
    let get = async |key: &str| {
        let stored = lake.get(key).await.map_err(|error| error.to_string())?;
        stored.ok_or_else(|| format!("`{key}` is missing"))
    };
    let days = daily::decode(get(daily::KEY).await?.body).map_err(|error| error.to_string())?;
    if days != daily::summarise(&rows) {
        return Err("the days are not those of the blocks".to_owned());
    }
    let stored = asics::decode(get(asics::KEY).await?.body).map_err(|error| error.to_string())?;
    if stored != machines() {
        return Err("the miner models are others".to_owned());
    }
    for (key, _) in lake
        .list("v1/blocks/")
        .await
        .map_err(|error| error.to_string())?
    {
        let month = blocks::month(&key).ok_or("a key without a month")?;
        let of_month = blocks::decode(get(&key).await?.body).map_err(|error| error.to_string())?;
        let revenue = get(&mwh_revenue::key(month)).await?.body;
        let encode = |guard| mwh_revenue::encode(&of_month, &machines(), guard);
        if revenue != encode(LengthGuard::Absent) && revenue != encode(LengthGuard::Present) {
            return Err(format!("the revenue of {month} is not that of its blocks"));
        }
    }
    Ok(rows)
}

/// Runs with faults, and then without.
async fn survive(seed: u64, chains: &Chains, expected: &[PricedBlock]) -> Result<usize, String> {
    let wire = Wire::start(seed, &chains.before.1).await;
    let dice = |of: u64| mix(mix(seed, 77), of);
    let is_cursor_in_lake = dice(0).is_multiple_of(3);
    let process = async || {
        let (lake, table) = wire.clients().await;
        let lake: Arc<dyn Lake> = Arc::new(lake);
        let cursor: Arc<dyn Cursor> = match is_cursor_in_lake {
            true => Arc::new(ObjectCursor::new(lake.clone())),
            false => Arc::new(table),
        };
        IngestContext {
            prices: PriceSources::new(vec![coingecko(&wire.url, CoinGeckoTier::Pro)]),
            asics: machines(),
            cursor,
            ..context(&wire.url, lake)
        }
    };
    // A lake is empty at first, or has blocks already.
    wire.set_faulty(dice(1).is_multiple_of(2));
    for number in 0..4_u64 {
        if number == 1 {
            wire.set_faulty(true);
        }
        if number == 1 + dice(2) % 3 {
            wire.set_upstream(&chains.after.1);
        }
        let context = process().await;
        let later = Duration::from_secs(700 * number);
        let owner = format!("faulty-{number}");
        // One in four processes is killed.
        let limit = match dice(10 + number) % 4 {
            0 => Duration::from_millis(dice(20 + number) % 1500),
            _ => RUN_MAX,
        };
        drop(timeout(limit, follow(&context, chains, (&owner, later), RUN_MAX)).await);
    }
    wire.set_faulty(false);
    wire.set_upstream(&chains.after.1);
    let mut lake = None;
    for later in HEALTHY {
        let context = process().await;
        follow(&context, chains, ("healthy", later), Duration::MAX)
            .await
            .map_err(|error| format!("a healthy run: {error}; faults: {:#?}", wire.faults()))?;
        lake = Some(context.lake);
    }
    let found = rows(lake.expect("two runs").as_ref()).await;
    let found = found.map_err(|error| format!("{error}; faults: {:#?}", wire.faults()))?;
    match found == expected {
        true => Ok(wire.faults().len()),
        false => {
            let differs = found.iter().zip(expected).find(|(a, b)| a != b);
            Err(format!(
                "the rows differ ({} and {}): {differs:#?}; faults: {:#?}",
                found.len(),
                expected.len(),
                wire.faults()
            ))
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_in_the_bytes_of_answers_leave_the_lake_of_an_undisturbed_world() {
    let chains = Arc::new(chains().await);
    let undisturbed = IngestContext {
        asics: machines(),
        ..context(&chains.after.1, memory())
    };
    for later in HEALTHY {
        follow(&undisturbed, &chains, ("undisturbed", later), Duration::MAX)
            .await
            .expect("a run");
    }
    let expected = Arc::new(
        rows(undisturbed.lake.as_ref())
            .await
            .expect("a healthy lake"),
    );
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let from = number("HASHLAKE_WIRE_FROM").unwrap_or(0);
    let seeds = number("HASHLAKE_WIRE_SEEDS").unwrap_or(SEEDS);
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut worlds = JoinSet::new();
    for seed in from..from + seeds {
        let (chains, expected, permits) = (chains.clone(), expected.clone(), permits.clone());
        worlds.spawn(async move {
            let _permit = permits.acquire().await.expect("open");
            survive(seed, &chains, &expected)
                .await
                .map_err(|error| format!("seed {seed}: {error}"))
        });
    }
    let (mut faults, mut failed) = (0, Vec::new());
    while let Some(ended) = worlds.join_next().await {
        match ended.expect("no panic") {
            Ok(count) => faults += count,
            Err(error) => failed.push(error),
        }
    }
    eprintln!("{seeds} worlds, {faults} faults, {} failed", failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}
