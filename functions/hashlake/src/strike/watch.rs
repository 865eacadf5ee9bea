//! `hashlake strike --watch`: polls, prints each change of a signal, and calls `--exec` for it.

use std::io::{self, Write};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use hashlake_core::clock::now;
use hashlake_core::strike::Signal;
use hashlake_core::timestamp::Timestamp;
use tokio::io::AsyncWriteExt;
use tokio::process::Child;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tracing::{info, warn};

use crate::interrupt::Interrupt;
use crate::strike::answer::StrikeResponse;
use crate::strike::calls::PendingChanges;
use crate::strike::decision::{Decision, PolledValues, Rules, UNKNOWN_POLLS};
use crate::strike::event::Event;
use crate::strike::shell;
use crate::strike::source::AskError;

/// How long a running command may continue after a request to stop.
const GRACE: Duration = Duration::from_secs(10);

/// One poll: the answer and the power price in USD/MWh, each with the reason if it is missing.
pub(crate) struct Poll {
    pub(crate) answer: Result<StrikeResponse, AskError>,
    pub(crate) power_price: Result<f64, String>,
}

/// Options of `--watch`.
pub(crate) struct Watch<'a> {
    pub(crate) asic_ids: Vec<String>,
    pub(crate) rules: Rules,
    pub(crate) every: Duration,
    pub(crate) exec: Option<&'a str>,
    pub(crate) command_timeout: Duration,
    pub(crate) as_json: bool,
}

struct Miner {
    asic_id: String,
    decision: Decision,
    is_unknown: bool,
}

/// A running call of `--exec`, and the change for which it was called.
struct Call {
    event: Event,
    task: JoinHandle<Result<(), String>>,
}

/// Watches until the process is asked to stop.
///
/// # Errors
/// If the first poll is refused: the server would refuse all later polls, too.
pub(crate) async fn run(
    watch: &Watch<'_>,
    poll: impl AsyncFn() -> Poll,
) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut interrupt = Interrupt::listen()?;
    let miner = |asic_id: &String| Miner {
        asic_id: asic_id.clone(),
        decision: Decision::default(),
        is_unknown: false,
    };
    let mut miners: Vec<Miner> = watch.asic_ids.iter().map(miner).collect();
    let mut pending = PendingChanges::default();
    let mut running: Option<Call> = None;
    let mut is_first = true;
    let poll_after = async |wait| {
        sleep(wait).await;
        poll().await
    };
    let mut polling = Box::pin(poll_after(Duration::ZERO));
    loop {
        tokio::select! {
            () = interrupt.wait() => break,
            poll = &mut polling => {
                polling = Box::pin(poll_after(watch.every));
                if let (true, Err(refused @ AskError::Refused(_))) = (is_first, &poll.answer) {
                    return Err(refused.clone().into());
                }
                is_first = false;
                pending.retry_failed();
                for miner in &mut miners {
                    let Some(event) = miner.observe(&poll, watch.rules, now()) else { continue };
                    print(&event, watch.as_json);
                    if watch.exec.is_some() && let Some(replaced) = pending.add(event) {
                        log_replaced(&replaced);
                    }
                }
            }
            result = result_of(&mut running) => {
                if let Some(Call { event, .. }) = running.take() {
                    finish(event, result, &mut pending);
                }
            }
        }
        if let (None, Some(command)) = (&running, watch.exec) {
            running = pending
                .next()
                .map(|event| Call::start(command, event, watch.command_timeout));
        }
    }
    if let Some(call) = running {
        call.end_or_kill(GRACE).await;
    }
    for event in pending.remaining() {
        warn!("stopping before the --exec command succeeded for {event}");
    }
    Ok(ExitCode::SUCCESS)
}

impl Miner {
    /// Records one poll. Returns the resulting change of the signal, if there is one.
    fn observe(&mut self, poll: &Poll, rules: Rules, now: Timestamp) -> Option<Event> {
        let asic_id = &self.asic_id;
        let values = self.polled_values(poll, now);
        let change = self.decision.observe(values.as_ref().ok().copied(), rules);
        let is_unknown = values.is_err();
        if is_unknown != self.is_unknown {
            let last_signal = self.decision.signal().map_or("none", Signal::word);
            match &values {
                Err(why) => {
                    warn!("{asic_id}: the signal is unknown (last signal: {last_signal}): {why}");
                }
                Ok(_) => warn!("{asic_id}: the signal is known"),
            }
        }
        self.is_unknown = is_unknown;
        let event = Event::new(now, asic_id, change?);
        let event = match values {
            Ok(values) => event.with_polled_values(&values),
            Err(why) => Event {
                reason: format!(
                    "the signal was unknown for {UNKNOWN_POLLS} polls (--on-unknown): {why}"
                ),
                ..event
            },
        };
        let asic = poll.answer.as_ref().ok().and_then(|one| one.asic(asic_id));
        Some(Event {
            count: asic.and_then(|asic| asic.count),
            ..event
        })
    }

    fn polled_values(&self, poll: &Poll, now: Timestamp) -> Result<PolledValues, String> {
        let answer = poll.answer.as_ref().map_err(ToString::to_string)?;
        let power_price = poll.power_price.as_ref();
        answer.polled_values(
            &self.asic_id,
            power_price.copied().map_err(String::as_str),
            now,
        )
    }
}

fn print(event: &Event, as_json: bool) {
    let line = match as_json {
        true => serde_json::to_string(event).unwrap_or_else(|_| event.to_string()),
        false => event.to_string(),
    };
    // If standard output is closed, `--exec` is still called.
    drop(writeln!(io::stdout(), "{line}"));
}

fn log_replaced(event: &Event) {
    warn!(
        "a newer change of this miner model replaces {event}: the --exec command will be called only for the newer change"
    );
}

fn finish(event: Event, result: Result<(), String>, pending: &mut PendingChanges) {
    match result {
        Ok(()) => info!("the --exec command succeeded for {event}"),
        Err(reason) => {
            warn!("the --exec command {reason}. The change was: {event}");
            match pending.retry_later(event) {
                None => warn!("the --exec command will be called again at the next poll"),
                Some(replaced) => log_replaced(&replaced),
            }
        }
    }
}

/// Waits for the end of the running call, and returns its result. Waits forever if no call is running.
async fn result_of(running: &mut Option<Call>) -> Result<(), String> {
    match running {
        Some(call) => (&mut call.task)
            .await
            .unwrap_or_else(|error| Err(format!("failed: {error}"))),
        None => std::future::pending().await,
    }
}

impl Call {
    fn start(command: &str, event: Event, timeout: Duration) -> Self {
        let mut shell = shell::shell(command);
        for (name, value) in event.variables() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        // Standard output is only for lines about changes, so the command's output goes to standard error.
        shell.stdin(Stdio::piped()).stdout(io::stderr());
        let mut input = serde_json::to_vec(&event).unwrap_or_default();
        input.push(b'\n');
        let task = tokio::spawn(async move {
            let run = shell::run(shell, timeout, async |child| {
                write_input(child, &input).await
            });
            match run.await {
                Ok((status, ())) if status.success() => Ok(()),
                Ok((status, ())) => Err(format!("failed: {status}")),
                Err(error) => Err(error.to_string()),
            }
        });
        Self { event, task }
    }

    /// Waits for the end of the call. Kills it after `grace`.
    async fn end_or_kill(mut self, grace: Duration) {
        let event = self.event;
        warn!(
            "stopping: waiting at most {} s for the --exec command to end",
            grace.as_secs()
        );
        match tokio::time::timeout(grace, &mut self.task).await {
            Ok(Ok(Ok(()))) => info!("the --exec command succeeded for {event}"),
            Ok(Ok(Err(reason))) => {
                warn!("stopping: the --exec command {reason}. The change was: {event}");
            }
            Ok(Err(error)) => warn!("stopping: the --exec command failed for {event}: {error}"),
            Err(_) => {
                self.task.abort();
                drop(self.task.await); // Aborting drops the future of `shell::run`, which kills the command.
                warn!(
                    "stopping: the --exec command was killed after {} s. The change was: {event}",
                    grace.as_secs()
                );
            }
        }
    }
}

/// Writes the change to the standard input of the command. The command does not have to read it.
async fn write_input(child: &mut Child, input: &[u8]) -> io::Result<()> {
    let Some(mut stdin) = child.stdin.take() else {
        return Ok(());
    };
    match stdin.write_all(input).await {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use hashlake_core::strike::Signal;

    use super::*;
    use crate::strike::decision::Change;

    #[tokio::test]
    async fn a_call_that_takes_longer_than_the_grace_period_is_killed() {
        let folder = tempfile::tempdir().expect("a folder");
        let fifo = folder.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.expect("`mkfifo` runs").success());
        let change = Change {
            from: None,
            to: Signal::Stop,
        };
        let event = Event::new(Timestamp::FIRST, "a", change);
        let command = format!("sleep 1000 & echo $! > {}; wait", fifo.display());
        let call = Call::start(&command, event, Duration::from_secs(1000));
        let pid = tokio::task::spawn_blocking(|| std::fs::read_to_string(fifo)).await;
        let pid = pid.expect("no panic").expect("the command has begun");

        call.end_or_kill(Duration::from_millis(10)).await;

        let stat = format!("/proc/{}/stat", pid.trim());
        let runs = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
        while runs() {
            tokio::task::yield_now().await;
        }
    }
}
