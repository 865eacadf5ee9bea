//! `GET /revenue`: revenue of miner models over time, and the profit at a power price.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hashlake_core::asic::Asic;
use hashlake_core::revenue::{MiningCosts, ph_days_per_mwh, ph_per_mw};
use hashlake_core::timestamp::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::http::answer::{Body, Format};
use crate::http::api::Api;
use crate::http::asics::{AsicIds, models};
use crate::http::csv::{Float, Table};
use crate::http::openapi::{ColumnSchema, OtherResponses, TAG, columns};
use crate::http::parameters::{List, PoolFee, PowerPrice, Time};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::points::bucket::{Bucket, sum_of_known};
use crate::points::interval::Interval;
use crate::points::time_range::{Points, PointsError, TimeRange};
use crate::points::turn::Turn;
use crate::reader::history::History;

const POINT_COLUMNS: usize = 4; // time, height, blocks, priced_blocks
// In CSV, every row repeats these four and `asic_id`, which take about as many bytes as three values.
const CSV_ROW_OVERHEAD: usize = 3;
const SECS_PER_HOUR: f64 = 3600.0;

type RevenueFields = List<RevenueField>;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RevenueQuery {
    /// Comma-separated list of miner models: identifiers of the catalogue (`/asics`), or
    /// `custom:<TH/s>:<W>`. Default: three models of different years. A count, as in
    /// `antminer-s21-pro-234*120`, has no effect, because the values are for 1 MW or 1 MWh.
    #[param(inline, style = Form, explode = false, example = json!(["antminer-s21-pro-234", "custom:200:3500"]))]
    asics: Option<AsicIds>,
    /// Time interval of one point, in UTC. Weeks start on Monday. Default: `day`.
    #[param(inline, example = "day")]
    interval: Option<Interval>,
    /// Points are whole intervals that start at this time or later. RFC 3339, or seconds since
    /// 1970. Default: 30 days before `to`.
    #[param(inline, example = "2025-10-01T00:00:00Z")]
    from: Option<Time>,
    /// Points are intervals that start before this time. RFC 3339, or seconds since 1970. Default:
    /// after the latest block.
    #[param(inline, example = "2025-11-01T00:00:00Z")]
    to: Option<Time>,
    /// Power price in USD/MWh. It is subtracted from revenue to get profit. Default: 0.
    #[param(inline, example = 45.5)]
    power_price: Option<PowerPrice>,
    /// Fraction of revenue that the pool keeps: 0.02 is 2 %. It lowers profit, not revenue.
    /// Default: 0.
    #[param(inline, example = 0.02)]
    pool_fee: Option<PoolFee>,
    /// Comma-separated columns of each miner model. Default: all columns; `profit_usd_per_mwh` only
    /// if `power_price` or `pool_fee` is given.
    #[param(inline, style = Form, explode = false, example = json!(["usd_per_mwh", "usd_per_mw"]))]
    fields: Option<RevenueFields>,
    /// Format of the answer; the header `Accept: text/csv` also selects CSV. Default: `json`.
    #[param(inline, example = "json")]
    format: Option<Format>,
}

/// A column of a miner model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RevenueField {
    UsdPerMwh,
    SatPerMwh,
    UsdPerBlock,
    SatPerBlock,
    UsdPerMw,
    SatPerMw,
    ProfitUsdPerMwh,
}

impl RevenueField {
    const ALL: [Self; 7] = [
        Self::UsdPerMwh,
        Self::SatPerMwh,
        Self::UsdPerBlock,
        Self::SatPerBlock,
        Self::UsdPerMw,
        Self::SatPerMw,
        Self::ProfitUsdPerMwh,
    ];

    /// Unit and meaning.
    const fn meaning(self) -> &'static str {
        match self {
            Self::UsdPerMwh => {
                "Expected revenue in USD/MWh; also the break-even power price. Mean over blocks with a price."
            }
            Self::SatPerMwh => "Expected revenue in sat/MWh. Mean over blocks.",
            Self::UsdPerBlock => {
                "Expected revenue of 1 MW in USD per block. Mean over blocks with a price. Do not compare it with `usd_per_mwh`: with 1 MW, one MWh takes an hour, which has about six blocks."
            }
            Self::SatPerBlock => "Expected revenue of 1 MW in sat per block. Mean over blocks.",
            Self::UsdPerMw => {
                "Expected revenue of 1 MW in the interval, in USD. Sum over blocks with a price."
            }
            Self::SatPerMw => "Expected revenue of 1 MW in the interval, in sat. Sum over blocks.",
            Self::ProfitUsdPerMwh => {
                "Profit in USD/MWh: usd_per_mwh x (1 - pool_fee) - power_price."
            }
        }
    }
}

/// Revenue of miner models over time.
#[derive(Serialize, ToSchema)]
pub(crate) struct Revenue<'a> {
    /// Time interval of one point.
    interval: Interval,
    /// Points start at this time or later.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Points start before this time.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Power price in USD/MWh.
    power_price: f64,
    /// Fraction of revenue that the pool keeps, from 0 to 1.
    pool_fee: f64,
    /// Hours that the points cover, up to the latest block. A load of 1 MW uses this number of MWh.
    hours: f64,
    /// Start of each point's interval; for `block`, the block's median time past.
    #[schema(value_type = Vec<String>, format = DateTime)]
    time: Vec<Timestamp>,
    /// Height of each point's last block.
    height: Vec<u32>,
    /// Number of blocks of each point.
    blocks: Vec<u32>,
    /// Number of blocks of each point that have a price.
    priced_blocks: Vec<u32>,
    /// The miner models, in the order of the request.
    asics: Vec<AsicRevenue<'a>>,
}

/// A miner model and its revenue.
#[derive(Serialize, ToSchema)]
#[schema(as = Machine)]
pub(crate) struct AsicRevenue<'a> {
    /// Identifier.
    asic_id: &'a str,
    /// Name.
    name: &'a str,
    /// Nominal hash rate in TH/s.
    hashrate_ths: f64,
    /// Nominal power at the wall in W.
    power_w: f64,
    /// Efficiency in J/TH.
    efficiency_j_per_th: f64,
    /// Number of miners that draw 1 MW.
    machines_per_mw: f64,
    /// A value for each point.
    columns: RevenueColumns,
    /// Totals over all points.
    totals: Totals,
}

/// Totals for 1 MW over all points.
#[derive(Serialize, ToSchema)]
pub(crate) struct Totals {
    /// Expected revenue in sat.
    sat_per_mw: Option<f64>,
    /// Expected revenue in USD, over blocks with a price.
    usd_per_mw: Option<f64>,
    /// Profit in USD: `usd_per_mw x (1 - pool_fee) - power_price x hours`. Null if a block has no
    /// price.
    profit_usd_per_mw: Option<f64>,
}

/// Revenue of miner models over time
///
/// Expected revenue in USD and sat (per MWh, per block and for 1 MW), and profit at a given power
/// price. CSV has a row for each point and miner model. Limits: 10,000 points for the intervals
/// `block` and `hour`, and 300,000 values for every interval.
#[utoipa::path(
    get,
    path = "/revenue",
    tag = TAG,
    params(RevenueQuery),
    responses(
        (status = 200, description = "The revenue.", content((Revenue = "application/json"), (String = "text/csv"))),
        OtherResponses
    )
)]
pub(crate) async fn revenue(
    State(api): State<Arc<Api>>,
    Query(query): Query<RevenueQuery>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let format = Format::choose(query.format, &headers);
    let request = &RevenueRequest::new(query, &api.asics)?;
    api.answer(&uri, &headers, (), |history| async move {
        let (revenue, turn) = request.build_revenue(&history, format).await?;
        let body = match format {
            Format::Json => Body::json(&revenue),
            Format::Csv => revenue.csv(&request.fields),
        };
        Ok(body.in_turn(turn))
    })
    .await
}

/// The parameters of a query, with defaults for those that are not given.
struct RevenueRequest {
    asics: Vec<Asic>,
    time_range: TimeRange,
    costs: MiningCosts,
    fields: Vec<RevenueField>,
}

impl RevenueRequest {
    fn new(query: RevenueQuery, catalogue: &[Asic]) -> Result<Self, Problem> {
        let has_costs = query.power_price.is_some() || query.pool_fee.is_some();
        let default_fields = || {
            let mut all = RevenueField::ALL.to_vec();
            all.retain(|field| has_costs || *field != RevenueField::ProfitUsdPerMwh);
            all
        };
        let (from, to) = (query.from.map(|time| time.0), query.to.map(|time| time.0));
        Ok(Self {
            asics: models(query.asics.as_ref(), catalogue)?,
            time_range: TimeRange::new(query.interval, from, to)?,
            costs: MiningCosts {
                power_price: query.power_price.map_or(0.0, PowerPrice::get),
                pool_fee: query.pool_fee.map_or(0.0, PoolFee::get),
            },
            fields: query.fields.map_or_else(default_fields, |list| list.0),
        })
    }

    async fn build_revenue(
        &self,
        history: &History,
        format: Format,
    ) -> Result<(Revenue<'_>, Option<Turn>), PointsError> {
        let range = self.time_range.resolve(history);
        let (fields, asics) = (self.fields.len(), self.asics.len());
        let values_per_point = match format {
            Format::Json => POINT_COLUMNS + fields * asics,
            Format::Csv => (CSV_ROW_OVERHEAD + fields) * asics,
        };
        let Points {
            points,
            duration,
            turn,
        } = self
            .time_range
            .points(history, &range, values_per_point)
            .await?;
        let hours = duration.as_secs_f64() / SECS_PER_HOUR;
        let of_asic = |asic| self.asic_revenue(asic, &points, hours);
        let revenue = Revenue {
            interval: self.time_range.interval(),
            from: range.start,
            to: range.end,
            power_price: self.costs.power_price,
            pool_fee: self.costs.pool_fee,
            hours,
            time: points.iter().map(|point| point.start).collect(),
            height: points.iter().map(|point| point.height).collect(),
            blocks: points.iter().map(|point| point.blocks).collect(),
            priced_blocks: points.iter().map(|point| point.priced_blocks).collect(),
            asics: self.asics.iter().map(of_asic).collect(),
        };
        Ok((revenue, turn))
    }

    fn asic_revenue<'a>(&self, asic: &'a Asic, points: &[Bucket], hours: f64) -> AsicRevenue<'a> {
        let per_point: Vec<PointRevenue> = points
            .iter()
            .map(|point| PointRevenue::new(point, asic))
            .collect();
        let (sat, usd) = per_point.iter().fold((None, None), |(sat, usd), revenue| {
            (
                sum_of_known(sat, revenue.sat_per_mw),
                sum_of_known(usd, revenue.usd_per_mw),
            )
        });
        let all_priced = points
            .iter()
            .all(|point| point.priced_blocks == point.blocks);
        let column = |field: &RevenueField| {
            let of_points = points.iter().zip(&per_point);
            let values = of_points.map(|(point, revenue)| field.value(revenue, point, self.costs));
            (*field, values.collect())
        };
        AsicRevenue {
            asic_id: &asic.id,
            name: &asic.name,
            hashrate_ths: asic.hashrate_ths,
            power_w: asic.power_w,
            efficiency_j_per_th: asic.efficiency().to_joules_per_th(),
            machines_per_mw: asic.machines_per_mw(),
            columns: RevenueColumns(self.fields.iter().map(column).collect()),
            totals: Totals {
                sat_per_mw: sat,
                usd_per_mw: usd,
                profit_usd_per_mw: usd
                    .filter(|_| all_priced)
                    .map(|usd| self.costs.profit_usd(usd, hours)),
            },
        }
    }
}

/// Revenue of a miner model in a point.
#[derive(Clone, Copy)]
struct PointRevenue {
    sat_per_mwh: f64,
    usd_per_mwh: Option<f64>,
    sat_per_mw: Option<f64>,
    usd_per_mw: Option<f64>,
}

impl PointRevenue {
    fn new(point: &Bucket, asic: &Asic) -> Self {
        if let Some(block) = point.single_block() {
            let (sat_per_mwh, sat_per_mw) = (block.sat_per_mwh(asic), block.sat_per_block(asic));
            return Self {
                sat_per_mwh,
                usd_per_mwh: block.usd(sat_per_mwh),
                sat_per_mw,
                usd_per_mw: sat_per_mw.and_then(|sat| block.usd(sat)),
            };
        }
        let (per_mwh, per_mw) = (ph_days_per_mwh(asic.efficiency()), ph_per_mw(asic));
        Self {
            sat_per_mwh: point.sat_per_ph_day() * per_mwh,
            usd_per_mwh: point.usd_per_ph_day().map(|usd| usd * per_mwh),
            sat_per_mw: point.sat_per_ph().map(|sat| sat * per_mw),
            usd_per_mw: point.usd_per_ph().map(|usd| usd * per_mw),
        }
    }
}

impl RevenueField {
    fn value(self, revenue: &PointRevenue, point: &Bucket, costs: MiningCosts) -> Option<f64> {
        match self {
            Self::UsdPerMwh => revenue.usd_per_mwh,
            Self::SatPerMwh => Some(revenue.sat_per_mwh),
            Self::UsdPerBlock => revenue
                .usd_per_mw
                .map(|usd| usd / f64::from(point.priced_blocks)),
            Self::SatPerBlock => revenue.sat_per_mw.map(|sat| sat / f64::from(point.blocks)),
            Self::UsdPerMw => revenue.usd_per_mw,
            Self::SatPerMw => revenue.sat_per_mw,
            Self::ProfitUsdPerMwh => revenue.usd_per_mwh.map(|usd| costs.profit_usd(usd, 1.0)),
        }
    }
}

impl Revenue<'_> {
    fn csv(&self, fields: &[RevenueField]) -> Body {
        let points = ["time", "height", "blocks", "priced_blocks", "asic_id"];
        let mut table = Table::new((points, fields));
        for (row, time) in self.time.iter().enumerate() {
            for asic in &self.asics {
                table.cell(time);
                table.cell(self.height[row]);
                table.cell(self.blocks[row]);
                table.cell(self.priced_blocks[row]);
                table.cell(asic.asic_id);
                let columns = asic.columns.0.iter();
                columns.for_each(|(_, values)| table.optional_cell(values[row].map(Float)));
                table.end_row();
            }
        }
        table.into_body()
    }
}

/// Columns by name, in the order of the request.
pub(crate) struct RevenueColumns(Vec<(RevenueField, Vec<Option<f64>>)>);

impl Serialize for RevenueColumns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, values)| (field, values)))
    }
}

impl PartialSchema for RevenueColumns {
    fn schema() -> RefOr<Schema> {
        columns(RevenueField::ALL.map(|field| ColumnSchema {
            field,
            meaning: field.meaning(),
            is_integer: false,
        }))
    }
}

impl ToSchema for RevenueColumns {
    fn name() -> Cow<'static, str> {
        "RevenueColumns".into()
    }
}

#[cfg(test)]
mod tests;
