//! `hashlake backfill --queue`: the ingest function does the work; here it is handed out, and looked at.

use std::time::Duration;

use hashlake_core::lake::Lake;
use indicatif::ProgressBar;
use ingest::lake_file::LakeFileError;
use ingest::plan::{BackfillPlan, MonthPlan};
use thiserror::Error;

use crate::interrupt::Interrupt;
use crate::queue::{Queue, QueueError};

const LOOK: Duration = Duration::from_secs(5);
const LOOKS_WHILE_EMPTY: u32 = 12; // A minute: SQS counts what it has got with so much delay.

/// Why not all months were filled while this looked on.
#[derive(Debug, Error)]
pub(crate) enum HandOutError {
    /// The queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The lake.
    #[error(transparent)]
    Lake(#[from] LakeFileError),
    /// The queue is empty.
    #[error(
        "the queue is empty, and months are not filled ({months}), of which {first} is the first. The function's log says why{}",
        dead_letters.as_ref().map(|arn| format!("; `aws sqs start-message-move-task --source-arn {arn}` lets it try again")).unwrap_or_default()
    )]
    Failed {
        /// Number of months.
        months: usize,
        /// The first of them, and its heights.
        first: String,
        /// Where their messages are.
        dead_letters: Option<String>,
    },
    /// Interrupted.
    #[error(
        "no longer looking on: the function goes on with {months} months. `--dry-run` says what is missing"
    )]
    Interrupted {
        /// Months that are not filled yet.
        months: usize,
    },
}

/// Puts the plan's months on the queue, and waits until all are in the lake.
pub(crate) async fn hand_out(
    mut plan: BackfillPlan,
    queue: &Queue,
    lake: &dyn Lake,
    bar: &ProgressBar,
    mut interrupt: Interrupt,
) -> Result<(), HandOutError> {
    let total = plan.blocks();
    queue.send(&plan.months).await?;
    let mut empty = 0;
    loop {
        let (waiting, dead_letters) = queue.look().await?; // Before the lake: what is done by now is in it.
        plan.refresh(lake).await?;
        bar.set_position((total - plan.blocks()).into());
        let unfilled: Vec<&MonthPlan> = plan.unfilled().collect();
        let Some(first) = unfilled.first() else {
            return Ok(());
        };
        empty = if waiting == 0 { empty + 1 } else { 0 };
        if empty == LOOKS_WHILE_EMPTY {
            let first = format!(
                "{} (blocks {} to {})",
                first.month,
                first.heights.start(),
                first.heights.end()
            );
            return Err(HandOutError::Failed {
                months: unfilled.len(),
                first,
                dead_letters,
            });
        }
        let months = unfilled.len();
        bar.set_message(format!(", {months} months, {waiting} messages"));
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = interrupt.wait() => return Err(HandOutError::Interrupted { months }),
        }
    }
}
