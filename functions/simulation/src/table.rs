//! The page about the simulation: promises, how each is checked, and which planted bugs were found.

use std::fmt::Write;

/// A promise of ingest or query.
struct Promise {
    promise: &'static str,
    invariant: &'static str,
    /// Planted bugs that break it.
    planted: &'static [&'static str],
}

const PROMISES: [Promise; 9] = [
    Promise {
        promise: "The cursor is never ahead of the tables",
        invariant: "at each move: every block from the first height to the cursor is stored, linked by hash; the days reach it; the revenue of its month is that of its rows",
        planted: &["cursor-before-tables", "cursor-at-tip", "batch-left-out"],
    },
    Promise {
        promise: "What follows from blocks is written before them",
        invariant: "at each write of blocks: their prices, their days and their revenue are stored (days and revenue: with one writer)",
        planted: &[
            "prices-last",
            "revenue-after-blocks",
            "days-after-blocks",
            "blocks-first",
        ],
    },
    Promise {
        promise: "A reorg of any depth, also over months, is followed",
        invariant: "at the end: the rows are those of the best chain; at each write: neighbours link by hash",
        planted: &[
            "reorg-stops-at-month",
            "reorg-not-noticed",
            "reorg-keeps-one",
            "rows-above-cursor-stay",
            "no-parent-check",
            "no-link-check",
            "backfill-ignores-chain",
        ],
    },
    Promise {
        promise: "No row is lost, doubled or wrong",
        invariant: "at each write: every column equals that of the block with the row's hash, computed by formulas of the simulation; rows below the lowest reorg stay; days are in order. At the end: heights are unbroken, days and revenue follow from the rows",
        planted: &[
            "window-of-119",
            "fees-of-143",
            "months-by-header-time",
            "days-doubled",
            "backfill-drops-rows",
            "plan-off-by-one",
        ],
    },
    Promise {
        promise: "A file is replaced only if it is still the version that was read",
        invariant: "at each write: no stored row or price is lost, and no file gets the length of the one that it replaces; at the end: days and revenue follow from the rows",
        planted: &[
            "no-if-match",
            "changes-on-stale-rows",
            "revenue-race-with-upgrade",
            "upgrade-race-with-blocks",
            "merge-forgets-stored-prices",
            "no-length-guard",
        ],
    },
    Promise {
        promise: "One run at a time moves the cursor",
        invariant: "at each write of the cursor: only the owner of the lease moves it, and no run takes or frees a lease that another one holds",
        planted: &["lease-not-checked", "any-run-moves-cursor"],
    },
    Promise {
        promise: "A final price is the nearest one, and changes only by a command; no price is asked for twice",
        invariant: "at each write: a final price is that of the nearest hour, and stays; stored prices stay. At each call: the range has no two neighbouring stored hours. At most 400 calls a day. At the end: every price is final",
        planted: &[
            "last-price-is-final",
            "open-ranges-are-final",
            "later-price",
            "final-prices-change",
            "newer-price-replaces-older",
            "prices-asked-twice",
        ],
    },
    Promise {
        promise: "A run that dies or fails anywhere is repaired by the next ones",
        invariant: "after the last fault, two healthy runs end without an error, and all of the above holds",
        planted: &["revenue-not-replaced", "machines-before-revenue"],
    },
    Promise {
        promise: "A reader sees one state of the lake",
        invariant: "each answer of `/blocks` is a branch that ends where the cursor was, with the values of its blocks; each sum by day of `/series` is that of such a branch",
        planted: &["reader-by-height", "reader-mixes-versions"],
    },
];

/// How many worlds were simulated.
pub struct Worlds {
    pub with_one_fault: u64,
    pub with_two_writers: u64,
    pub months: u64,
    /// The counts of all of them.
    pub counts: String,
    pub months_per_second: f64,
}

/// The page. `found` has a line `name: world: violation` for each planted bug.
pub fn page(worlds: &Worlds, found: &str) -> String {
    let case = |name: &str| {
        let line = found
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let case = line.and_then(|line| line.split(": ").next());
        case.filter(|case| *case != "NOT FOUND")
    };
    let Worlds {
        with_one_fault,
        with_two_writers,
        months,
        counts,
        months_per_second,
    } = worlds;
    let mut page = String::from(
        "# What the simulation shows\n\n\
         `make simulate-planted` wrote this page. Ingest runs in simulated worlds, on one thread with a paused clock: a chain, a price\n\
         source, a lake and a cursor, and every call to them can fail. The same seed gives the same trace, byte for byte.\n\n\
         | promise | invariant | planted bugs found, and the first world that shows each |\n|---|---|---|\n",
    );
    let mut all = 0;
    for Promise {
        promise,
        invariant,
        planted,
    } in PROMISES
    {
        let shown: Vec<String> = planted
            .iter()
            .filter_map(|name| Some(format!("`{name}` ({})", case(name)?)))
            .collect();
        all += shown.len();
        let (count, of) = (shown.len(), planted.len());
        writeln!(
            page,
            "| {promise} | {invariant} | {count} of {of}: {} |",
            shown.join("; ")
        )
        .expect("text grows");
    }
    write!(
        page,
        "\n{all} planted bugs were found. Without them: {counts}.\n\n\
         - **One fault** ({with_one_fault} worlds): at each call of a run, the process dies before it, or the call fails with each of its errors. At each write,\n  \
           the process also dies after it, its answer is lost, it is sent again as the AWS SDK does, or the process is suspended before or after it\n  \
           for longer than a lease lasts. The run starts with an empty lake, after a reorg over the end of a month (cursor in a table, and in the lake), or\n  \
           with a lake of an earlier version.\n\
         - **Two writers** ({with_two_writers} worlds): the first one waits before each of its calls while the other one runs as a whole, for each pair of ingest,\n  \
           backfill, reprice and upgrade in `case.rs`. The bound: they change places once.\n\
         - **Months** ({months} seeds; {months_per_second:.1} a second where this page was written): 30 days with about 70 blocks and reorgs up to 59 deep, retargets and halvings, one or two schedules, warm\n  \
           and restarted processes, redelivered backfills, `reprice`, `upgrade`, imported prices, a reader, a clock that is moved, prices that are late, revised,\n  \
           missing or absurd, and a fault at one in 20, 50 or 150 calls. `make simulate SEEDS=N SECONDS=S` runs more; a seed that fails is printed with its trace, and with as\n  \
           few faults as still fail.\n\n\
         Not simulated, so not shown here: bytes on the wire (other tests send faults through the real SDK and HTTP client), a node that has pruned blocks or\n\
         is still downloading, damaged files, a store that breaks its promise of compare-and-swap, two clocks that differ, commands killed between `backfill`'s steps. While a reorg\n\
         goes to and fro, a row may be missing until the next run. Mean fees that a forced backfill could not compute stay empty where fewer than 143 blocks\n\
         are stored below.\n"
    )
    .expect("text grows");
    page
}
