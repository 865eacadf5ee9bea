//! `hashlake backfill --queue`: dispatches the months to the ingest function, and waits until it has
//! filled them.

use std::time::Duration;

use hashlake_core::lake::Lake;
use indicatif::ProgressBar;
use ingest::lake_file::LakeFileError;
use ingest::plan::{BackfillPlan, MonthPlan};
use thiserror::Error;

use crate::interrupt::Interrupt;
use crate::queue::{Queue, QueueError};

const POLL: Duration = Duration::from_secs(5);
const POLLS_WHILE_EMPTY: u32 = 12; // The message counts of SQS can be up to one minute old.

/// Why not all months were filled.
#[derive(Debug, Error)]
pub(crate) enum DispatchError {
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Lake(#[from] LakeFileError),
    /// The queue is empty, but some months are still missing.
    #[error(
        "the queue is empty, but the lake still lacks blocks of {months} month(s); the first is {first}. See the function's log for the reason{}",
        dead_letters.as_ref().map(|arn| format!("; to retry, run `aws sqs start-message-move-task --source-arn {arn}`")).unwrap_or_default()
    )]
    Failed {
        months: usize,
        first: String,
        /// ARN of the dead-letter queue with the messages of the missing months.
        dead_letters: Option<String>,
    },
    #[error(
        "interrupted, but the function continues to fill {months} month(s). Run with `--dry-run` to see which blocks are missing"
    )]
    Interrupted { months: usize },
}

/// Sends the months of the plan to the queue, and waits until all of them are in the lake.
pub(crate) async fn dispatch(
    mut plan: BackfillPlan,
    queue: &Queue,
    lake: &dyn Lake,
    bar: &ProgressBar,
    mut interrupt: Interrupt,
) -> Result<(), DispatchError> {
    let total = plan.blocks();
    queue.send(&plan.months).await?;
    let mut empty = 0;
    loop {
        // Poll the queue before the lake: the function deletes a message only when its month is in the
        // lake, so an empty queue means that the months are in the lake, or have failed.
        let (waiting, dead_letters) = queue.poll().await?;
        plan.refresh(lake).await?;
        bar.set_position((total - plan.blocks()).into());
        let unfilled: Vec<&MonthPlan> = plan.unfilled().collect();
        let Some(first) = unfilled.first() else {
            return Ok(());
        };
        empty = if waiting == 0 { empty + 1 } else { 0 };
        if empty == POLLS_WHILE_EMPTY {
            let first = format!(
                "{} (blocks {} to {})",
                first.month,
                first.heights.start(),
                first.heights.end()
            );
            return Err(DispatchError::Failed {
                months: unfilled.len(),
                first,
                dead_letters,
            });
        }
        let months = unfilled.len();
        bar.set_message(format!(", {months} months, {waiting} messages"));
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            () = interrupt.wait() => return Err(DispatchError::Interrupted { months }),
        }
    }
}
