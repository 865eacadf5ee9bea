//! The gate through which every call of a process to the outside passes: it numbers the calls, lets them
//! fail, and keeps the trace.

use std::fmt::{Display, Write};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

use crate::dice::mix;
use crate::fault::{Fault, Kind};
use crate::state::State;

/// A process is suspended for this long: longer than a lease lasts.
const SUSPENSION: Duration = Duration::from_secs(8 * 60);

/// One process, and the world that it is in.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) state: Arc<Mutex<State>>,
    process: Arc<Process>,
}

struct Process {
    number: usize,
    name: String,
    crashed: Notify,
    held: Notify,
    released: Notify,
}

/// A call that has reached the other side.
pub(crate) struct Call {
    fault: Option<Fault>,
    delay: Duration,
}

impl Gate {
    pub(crate) fn new(state: Arc<Mutex<State>>, name: &str) -> Self {
        let number = {
            let mut state = state
                .lock()
                .expect("nothing panics while it holds the lock");
            state.kinds.push(Vec::new());
            state.kinds.len() - 1
        };
        let process = Process {
            number,
            name: format!("{name}-{number}"),
            crashed: Notify::new(),
            held: Notify::new(),
            released: Notify::new(),
        };
        Self {
            state,
            process: Arc::new(process),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.process.name
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("nothing panics while it holds the lock")
    }

    /// Begins a call. Never returns if the process dies before it.
    pub(crate) async fn enter(&self, kind: Kind, name: &str, subject: impl Display) -> Call {
        let number = self.process.number;
        let (fault, delay) = {
            let mut state = self.state();
            let call = state.kinds[number].len() as u64;
            let of_all = state.all_calls;
            state.all_calls += 1;
            let fault = state.plan.fault(number, call, of_all, kind);
            let dice = mix(state.seed, of_all);
            let delay = Duration::from_millis(match fault {
                Some(Fault::Late) => 1000 + dice % 20_000,
                _ => dice % 40,
            });
            state.kinds[number].push(kind);
            if let Some(fault) = fault {
                state.faults.push(of_all);
                state.crashes += u64::from(matches!(fault, Fault::CrashBefore | Fault::CrashAfter));
            }
            let line = match fault {
                None => format!("{of_all} {} {call}: {name} {subject}", self.process.name),
                Some(fault) => format!(
                    "{of_all} {} {call}: {name} {subject} ({fault:?})",
                    self.process.name
                ),
            };
            state.note(&line);
            (fault, delay)
        };
        match fault {
            Some(Fault::CrashBefore) => self.die().await,
            Some(Fault::SuspendedBefore) => sleep(SUSPENSION).await,
            Some(Fault::Held) => {
                self.process.held.notify_one();
                self.process.released.notified().await;
            }
            _ => {}
        }
        sleep(delay / 2).await;
        Call { fault, delay }
    }

    /// Ends a call that had its effect. Never returns if the process dies after it.
    pub(crate) async fn leave(&self, call: &Call) {
        match call.fault {
            Some(Fault::CrashAfter) => self.die().await,
            Some(Fault::SuspendedAfter) => sleep(SUSPENSION).await,
            _ => {}
        }
        sleep(call.delay / 2).await;
    }

    async fn die(&self) {
        self.process.crashed.notify_one();
        std::future::pending::<()>().await;
    }

    /// The result of the process's work, or `None` if it dies first.
    pub(crate) async fn live<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let ended = tokio::select! {
            biased;
            () = self.process.crashed.notified() => None,
            done = work => Some(done),
        };
        let line = match ended {
            None => format!("{} died", self.process.name),
            Some(_) => format!("{} ended", self.process.name),
        };
        self.state().note(&line);
        ended
    }

    /// Waits until the process waits before a call.
    pub(crate) async fn held(&self) {
        self.process.held.notified().await;
    }

    /// Lets a held process continue.
    pub(crate) fn release(&self) {
        self.process.released.notify_one();
    }
}

impl Call {
    /// Which error the call fails with, without effect.
    pub(crate) const fn error(&self) -> Option<u8> {
        match self.fault {
            Some(Fault::Error(error)) => Some(error),
            _ => None,
        }
    }

    /// Whether the call fails after its effect.
    pub(crate) fn is_lost(&self) -> bool {
        self.fault == Some(Fault::Lost)
    }

    /// Whether the call is sent again after its effect.
    pub(crate) fn is_sent_again(&self) -> bool {
        self.fault == Some(Fault::SentAgain)
    }
}

impl State {
    /// Adds a line to the trace.
    pub(crate) fn note(&mut self, line: &str) {
        if self.is_traced {
            let ms = self.started.elapsed().as_millis();
            writeln!(self.trace, "{ms:>11} {line}").expect("text grows");
        }
    }
}
