//! All miners of a site together: their power, and which of them still mine at a power price.

use hashlake_core::strike::Strike;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::asics::AsicCount;

const W_PER_MW: f64 = 1e6;
const THS_PER_PHS: f64 = 1e3;

/// All miners together.
#[derive(Serialize, ToSchema)]
pub(crate) struct Fleet<'a> {
    /// Power of all miners with `overhead`, in MW.
    total_mw: f64,
    /// Hash rate of all miners in PH/s.
    total_ph_per_s: f64,
    /// Efficiency of all miners together in J/TH, without `overhead`.
    efficiency_j_per_th: f64,
    /// Identifiers of the miner models in the order in which they stop when power gets more
    /// expensive: the least efficient first.
    merit_order: Vec<&'a str>,
    /// How much power still mines at each strike, from the lowest strike to the highest. Null if
    /// the strikes are unknown.
    curve: Option<Vec<CurveStep>>,
}

/// The power and hash rate of the miners that still mine up to a power price.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct CurveStep {
    /// Power price in USD/MWh, which is the strike of one of the miner models.
    power_price: f64,
    /// Power with `overhead`, in MW, of the miners with this strike or a higher one.
    mw: f64,
    /// Hash rate of the same miners in PH/s.
    ph_per_s: f64,
}

/// The count of each miner model; `None` if no model has a count. If some models have a count, the
/// others get 1.
pub(super) fn fill_counts(asics: &mut [AsicCount]) -> Option<Vec<u32>> {
    let is_fleet = asics.iter().any(|asic| asic.count.is_some());
    let counts = asics.iter_mut().map(|asic| *asic.count.get_or_insert(1));
    is_fleet.then(|| counts.collect())
}

/// The miners of one model.
struct Group<'a> {
    asic_id: &'a str,
    efficiency_j_per_th: f64,
    mw: f64,
    ph_per_s: f64,
    strike: Option<f64>,
}

impl<'a> Fleet<'a> {
    /// `counts` and `strikes` are those of `asics`, in the same order.
    pub(super) fn new(
        asics: &'a [AsicCount],
        counts: &[u32],
        strikes: &[Option<Strike>],
        overhead: f64,
    ) -> Self {
        let with_strikes = asics.iter().zip(counts).zip(strikes);
        let mut groups: Vec<Group> = with_strikes
            .map(|((AsicCount { asic, .. }, count), strike)| Group {
                asic_id: &asic.id,
                efficiency_j_per_th: asic.efficiency().to_joules_per_th(),
                mw: f64::from(*count) * asic.power_w * (1.0 + overhead) / W_PER_MW,
                ph_per_s: f64::from(*count) * asic.hashrate_ths / THS_PER_PHS,
                strike: strike.map(|strike| strike.usd_per_mwh),
            })
            .collect();
        groups.sort_by(|a, b| b.efficiency_j_per_th.total_cmp(&a.efficiency_j_per_th));
        let (total_mw, total_ph_per_s) = sum(&groups);
        let miners_w = total_mw / (1.0 + overhead) * W_PER_MW;
        Self {
            total_mw,
            total_ph_per_s,
            efficiency_j_per_th: miners_w / (total_ph_per_s * THS_PER_PHS),
            merit_order: groups.iter().map(|group| group.asic_id).collect(),
            curve: curve(&groups),
        }
    }
}

/// A step for each strike; `groups` are in the order of their strikes.
fn curve(groups: &[Group]) -> Option<Vec<CurveStep>> {
    let mut steps: Vec<CurveStep> = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let power_price = group.strike?;
        let is_new = steps
            .last()
            .is_none_or(|step| step.power_price < power_price);
        if is_new {
            let (mw, ph_per_s) = sum(&groups[at..]);
            steps.push(CurveStep {
                power_price,
                mw,
                ph_per_s,
            });
        }
    }
    Some(steps)
}

/// The sums of MW and of PH/s.
fn sum(groups: &[Group]) -> (f64, f64) {
    groups.iter().fold((0.0, 0.0), |(mw, ph_per_s), group| {
        (mw + group.mw, ph_per_s + group.ph_per_s)
    })
}
