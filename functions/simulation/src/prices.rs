//! The simulated price source.

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use hashlake_core::price::{PLAUSIBLE_USD, PricePoint, Quote};
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::UsdPerBtc;
use ingest::prices::source::{CallLimits, PriceError, PriceReply, PriceSource};

use crate::clock;
use crate::fault::Kind;
use crate::gate::Gate;
use crate::market::{SOURCE, time_of};

const CALLS_PER_DAY: u32 = 320;

/// The price source as one process sees it.
pub(crate) struct SimPrices(pub(crate) Gate);

fn error(kind: u8) -> PriceError {
    match kind {
        0 => PriceError::RateLimited { retry_after: None },
        1 => PriceError::Unavailable {
            reason: "a fault of the simulation".to_owned(),
        },
        2 => PriceError::Rejected {
            status: 400,
            message: "a fault of the simulation".to_owned(),
        },
        _ => PriceError::Malformed {
            body_start: "a fault of the simulation".to_owned(),
        },
    }
}

#[async_trait]
impl PriceSource for SimPrices {
    fn name(&self) -> &'static str {
        "Simulated"
    }

    fn limits(&self, _: Timestamp) -> CallLimits {
        CallLimits {
            max_range: Duration::from_secs(90 * 86_400),
            history_start: Timestamp::FIRST,
            hourly_since: Timestamp::FIRST,
            calls_per_minute: 30,
            calls_per_day: CALLS_PER_DAY,
        }
    }

    async fn fetch(
        &self,
        range: &Range<Timestamp>,
        now: Timestamp,
    ) -> Result<PriceReply, PriceError> {
        let call = self
            .0
            .enter(
                Kind::Prices,
                "prices",
                format!("{} to {}", range.start, range.end),
            )
            .await;
        self.0.state().check_price_call(range, now);
        if let Some(kind) = call.error() {
            return Err(error(kind));
        }
        let mut reply = PriceReply::default();
        {
            let state = self.0.state();
            let hours =
                range.start.to_secs().div_euclid(3600)..=range.end.to_secs().div_euclid(3600);
            for hour in hours {
                let time = time_of(hour);
                let usd = state
                    .market
                    .usd(hour, clock::true_now())
                    .filter(|usd| PLAUSIBLE_USD.contains(usd));
                let Some(usd) = usd.filter(|_| (range.start..=range.end).contains(&time)) else {
                    continue;
                };
                let usd = UsdPerBtc::new(usd).expect("a price");
                let quote = Quote {
                    time,
                    usd,
                    source: SOURCE.into(),
                };
                reply.times.push(time);
                reply.points.push(PricePoint {
                    quote,
                    resolution_s: 3600,
                });
            }
        }
        self.0.leave(&call).await;
        Ok(reply)
    }
}
