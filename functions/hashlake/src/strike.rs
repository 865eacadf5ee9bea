//! `hashlake strike`: shows whether miners should mine or stop now. The answer comes from the
//! configured lake, or from the API of another hashlake.

mod answer;
pub(crate) mod args;
mod calls;
mod decision;
mod event;
mod once;
mod power;
mod shell;
mod source;
mod watch;

use std::error::Error;
use std::io::{Write, stderr};
use std::process::ExitCode;

use hashlake_core::env::StoreUrls;

use crate::interrupt::{INTERRUPTED, Interrupt};
use crate::strike::args::{Format, StrikeArgs};
use crate::strike::decision::Rules;
use crate::strike::source::Source;
use crate::strike::watch::{Poll, Watch};

/// The exit code of clap for invalid arguments.
const INVALID_ARGUMENTS: u8 = 2;

pub(crate) async fn run(stores: &StoreUrls, args: &StrikeArgs) -> Result<ExitCode, Box<dyn Error>> {
    if let Err(error) = args.check() {
        drop(writeln!(stderr(), "hashlake: {error}"));
        return Ok(INVALID_ARGUMENTS.into());
    }
    let source = match args.api.clone() {
        Some(api) => Source::Api(api),
        None => Source::lake(stores).await,
    };
    if !args.watch {
        let mut interrupt = Interrupt::listen()?;
        return tokio::select! {
            done = once::run(&source, args) => done,
            // This drops `once::run`, which kills the power price command if it still runs.
            () = interrupt.wait() => Ok(INTERRUPTED.into()),
        };
    }
    let watch = Watch {
        asic_ids: args.asic_ids(),
        rules: Rules {
            hold_blocks: args.hold,
            on_unknown: args.on_unknown,
        },
        every: args.every,
        exec: args.exec.as_deref(),
        command_timeout: args.command_timeout,
        as_json: args.format == Some(Format::Json),
    };
    watch::run(&watch, async || poll(&source, args).await).await
}

/// Gets the power price before the answer, so that the answer is not old even if the command for the
/// price is slow.
async fn poll(source: &Source, args: &StrikeArgs) -> Poll {
    let power_price = args.power_price_now().await;
    let parameters = args.parameters(power_price.as_ref().ok().copied());
    Poll {
        answer: source.answer(&parameters).await,
        power_price,
    }
}
