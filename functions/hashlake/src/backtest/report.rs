//! Prints a backtest as a table, JSON or CSV.

use std::error::Error;
use std::time::Duration;

use csv::Writer;
use hashlake_core::asic::Asic;
use hashlake_core::backtest::Outcome;
use hashlake_core::backtest::rule::Rule;
use hashlake_core::backtest::tally::{Tally, View};
use hashlake_core::backtest::timeline::{PowerInterval, Timeline};
use hashlake_core::timestamp::Timestamp;
use serde::Serialize;

use super::BacktestArgs;
use crate::output::outln;

#[derive(Serialize)]
pub(super) struct Report {
    from: String,
    to: String,
    counted_hours: f64,
    left_out_hours: f64,
    power_price_gaps: usize,
    power_price_gap_hours: f64,
    view: &'static str,
    pool_fee: f64,
    overhead: f64,
    adder_usd_per_mwh: f64,
    band: f64,
    hold_blocks: u32,
    asics: Vec<AsicReport>,
}

#[derive(Serialize)]
pub(super) struct AsicReport {
    asic_id: String,
    name: String,
    efficiency_j_per_th: f64,
    rules: Vec<RuleReport>,
}

#[derive(Serialize)]
struct RuleReport {
    rule: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    constant_usd_per_mwh: Option<f64>,
    share_of_foresight: Option<f64>,
    #[serde(flatten)]
    total: TallyReport,
    months: Vec<MonthReport>,
}

#[derive(Serialize)]
struct MonthReport {
    month: String,
    #[serde(flatten)]
    tally: TallyReport,
}

/// The power is 1 MW, so a number of hours is also a number of MWh.
#[derive(Serialize)]
struct TallyReport {
    profit_usd: f64,
    gain_usd: f64,
    mwh_mined: f64,
    hours_mined: f64,
    hours_idle: f64,
    hours_wrong: f64,
    starts: u32,
    stops: u32,
    mining_usd: f64,
    power_usd: f64,
    sold_usd: f64,
}

/// The first columns of the CSV; those of [`TallyReport`] follow.
#[derive(Serialize)]
struct CsvKey<'a> {
    asic_id: &'a str,
    rule: &'a str,
    month: &'a str,
}

impl Report {
    pub(super) fn new(
        args: &BacktestArgs,
        power: &[PowerInterval],
        timeline: &Timeline,
        asics: Vec<AsicReport>,
    ) -> Self {
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
        let gaps = power
            .windows(2)
            .map(|pair| pair[1].start.since(pair[0].end))
            .filter(|gap| !gap.is_zero());
        Self {
            from: time(power.first().map(|first| first.start)),
            to: time(power.last().map(|last| last.end)),
            counted_hours: timeline.included_hours(),
            left_out_hours: timeline.left_out_hours(),
            power_price_gaps: gaps.clone().count(),
            power_price_gap_hours: gaps.sum::<Duration>().as_secs_f64() / 3600.0,
            view: match args.view.into() {
                View::Buyer => "buyer",
                View::Owner => "owner",
            },
            pool_fee: args.pool_fee,
            overhead: args.overhead,
            adder_usd_per_mwh: args.adder,
            band: args.band,
            hold_blocks: args.hold,
            asics,
        }
    }

    pub(super) fn print(&self, args: &BacktestArgs) -> Result<(), Box<dyn Error>> {
        let text = match (args.json, args.csv) {
            (true, _) => serde_json::to_string_pretty(self)?,
            (_, true) => self.csv()?,
            (false, false) => self.table(),
        };
        outln!("{}", text.trim_end())?;
        Ok(())
    }

    fn csv(&self) -> Result<String, Box<dyn Error>> {
        let mut writer = Writer::from_writer(Vec::new());
        for asic in &self.asics {
            for rule in &asic.rules {
                for month in &rule.months {
                    let key = CsvKey {
                        asic_id: &asic.asic_id,
                        rule: rule.rule,
                        month: &month.month,
                    };
                    writer.serialize((key, &month.tally))?;
                }
            }
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }

    fn table(&self) -> String {
        let Self { from, to, .. } = self;
        let mut lines = vec![format!("power prices  from {from} to {to}")];
        if self.power_price_gaps > 0 {
            lines.push(format!(
                "gaps          {}, {:.1} h in total. If a price applies for longer than the usual step between rows, add an `end` to its row",
                self.power_price_gaps, self.power_price_gap_hours
            ));
        }
        lines.push(match self.left_out_hours > 0.0 {
            true => format!(
                "included      {:.1} h; {:.1} h are left out, because blocks, bitcoin prices, or the fees of 144 blocks are missing",
                self.counted_hours, self.left_out_hours
            ),
            false => format!("included      {:.1} h; nothing is left out", self.counted_hours),
        });
        lines.push(format!(
            "site          1 MW of power; pool fee {}, overhead {}, adder {} USD/MWh; band {}, hold {} blocks",
            self.pool_fee, self.overhead, self.adder_usd_per_mwh, self.band, self.hold_blocks
        ));
        lines.push(match self.view {
            "owner" => {
                "profit        of a power owner, who sells the power while not mining".to_owned()
            }
            _ => "profit        of a buyer, who buys power only while mining".to_owned(),
        });
        for asic in &self.asics {
            lines.push(String::new());
            lines.extend(asic.table());
        }
        lines.join("\n")
    }
}

impl AsicReport {
    pub(super) fn new(asic: &Asic, outcomes: &[Outcome], view: View) -> Self {
        let best = outcomes
            .iter()
            .find(|outcome| outcome.rule == Rule::PerfectForesight)
            .map(Outcome::total)
            .unwrap_or_default();
        let rule = |outcome: &Outcome| RuleReport::new(outcome, &best, view);
        Self {
            asic_id: asic.id.clone(),
            name: asic.name.clone(),
            efficiency_j_per_th: asic.efficiency().to_joules_per_th(),
            rules: outcomes.iter().map(rule).collect(),
        }
    }

    fn table(&self) -> Vec<String> {
        let title = format!(
            "{} ({}), {:.1} J/TH",
            self.name, self.asic_id, self.efficiency_j_per_th
        );
        let header = format!(
            "{:<26}{:>14}{:>20}{:>12}{:>12}{:>13}{:>8}",
            "rule",
            "profit USD",
            "share of foresight",
            "MWh mined",
            "hours idle",
            "hours wrong",
            "starts"
        );
        let row = |rule: &RuleReport| {
            let share = rule.share_of_foresight;
            let share =
                share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", 100.0 * share));
            let tally = &rule.total;
            format!(
                "{:<26}{:>14.2}{share:>20}{:>12.1}{:>12.1}{:>13.1}{:>8}",
                rule.label(),
                tally.profit_usd,
                tally.mwh_mined,
                tally.hours_idle,
                tally.hours_wrong,
                tally.starts
            )
        };
        let rows = self.rules.iter().map(row);
        [title, header].into_iter().chain(rows).collect()
    }
}

impl RuleReport {
    fn new(outcome: &Outcome, best: &Tally, view: View) -> Self {
        let total = outcome.total();
        let month = |(month, tally): &(_, Tally)| MonthReport {
            month: ToString::to_string(month),
            tally: TallyReport::new(tally, view),
        };
        Self {
            rule: outcome.rule.name(),
            constant_usd_per_mwh: match outcome.rule {
                Rule::Constant(usd_per_mwh) => Some(usd_per_mwh),
                _ => None,
            },
            share_of_foresight: total.share_of(best),
            total: TallyReport::new(&total, view),
            months: outcome.months.iter().map(month).collect(),
        }
    }

    fn label(&self) -> String {
        match self.constant_usd_per_mwh {
            Some(usd_per_mwh) => format!("constant {usd_per_mwh:.2} USD/MWh"),
            None => self.rule.replace('_', " "),
        }
    }
}

impl TallyReport {
    fn new(tally: &Tally, view: View) -> Self {
        Self {
            profit_usd: tally.profit_usd(view),
            gain_usd: tally.gain_usd(),
            mwh_mined: tally.hours_mined,
            hours_mined: tally.hours_mined,
            hours_idle: tally.hours_idle,
            hours_wrong: tally.hours_wrong,
            starts: tally.starts,
            stops: tally.stops,
            mining_usd: tally.mining_usd,
            power_usd: tally.power_usd,
            sold_usd: tally.sold_usd,
        }
    }
}
