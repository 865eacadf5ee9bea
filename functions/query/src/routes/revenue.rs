//! `GET /revenue`: what machines earn over time, and what is left of it at a power price.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hashlake_core::asic::Asic;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::HashesPerSecond;
use serde::{Serialize, Serializer};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::http::answer::{Body, Failure, Format};
use crate::http::api::Api;
use crate::http::asics::asked_for;
use crate::http::csv::{Float, Table};
use crate::http::parameters::{
    ASICS, FORMAT, FROM, INTERVAL, POOL_FEE, POWER_PRICE, POWER_PRICES, Parameter, REVENUE_FIELDS,
    TO,
};
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::points::bucket::{Bucket, sum_of_known};
use crate::points::interval::Interval;
use crate::points::window::{Points, Window};
use crate::reader::history::History;
use crate::routes::openapi;

const PARAMETERS: [Parameter; 8] = [
    ASICS,
    INTERVAL,
    FROM,
    TO,
    POWER_PRICE,
    POOL_FEE,
    REVENUE_FIELDS,
    FORMAT,
];
const POINT_COLUMNS: usize = 4; // time, height, blocks, priced_blocks
const CSV_ROW_OVERHEAD: usize = 3; // These and asic_id, in numbers of full length.
const SECS_PER_HOUR: f64 = 3600.0;

/// What can be told of a machine in an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// All of them.
    pub(crate) const ALL: [Self; 7] = [
        Self::UsdPerMwh,
        Self::SatPerMwh,
        Self::UsdPerBlock,
        Self::SatPerBlock,
        Self::UsdPerMw,
        Self::SatPerMw,
        Self::ProfitUsdPerMwh,
    ];

    /// The name.
    pub(crate) const fn name(self) -> &'static str {
        self.about().0
    }

    const fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::UsdPerMwh => (
                "usd_per_mwh",
                "USD that a MWh expects to earn, which is also the break-even power price; mean over priced blocks",
            ),
            Self::SatPerMwh => (
                "sat_per_mwh",
                "sat that a MWh expects to mine; mean over blocks",
            ),
            Self::UsdPerBlock => (
                "usd_per_block",
                "USD that 1 MW expects of a block; mean over priced blocks. Not per MWh: about six blocks make an hour",
            ),
            Self::SatPerBlock => (
                "sat_per_block",
                "sat that 1 MW expects of a block; mean over blocks",
            ),
            Self::UsdPerMw => (
                "usd_per_mw",
                "USD that 1 MW expects in the interval; sum over priced blocks",
            ),
            Self::SatPerMw => (
                "sat_per_mw",
                "sat that 1 MW expects in the interval; sum over blocks",
            ),
            Self::ProfitUsdPerMwh => (
                "profit_usd_per_mwh",
                "USD that are left of a MWh: usd_per_mwh x (1 - pool_fee) - power_price",
            ),
        }
    }
}

/// What machines earn over time.
#[derive(Serialize, ToSchema)]
pub(crate) struct Revenue<'a> {
    /// How much time a point stands for.
    #[schema(value_type = Interval)]
    interval: &'static str,
    /// Points start from here on.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Points start before here.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// USD/MWh that power costs.
    power_price: f64,
    /// Part of revenue that the pool keeps.
    pool_fee: f64,
    /// Hours that the points stand for, as far as the lake reaches; 1 MW consumes as many MWh.
    hours: f64,
    /// Where each point's interval starts; a block's median time.
    #[schema(value_type = Vec<String>, format = DateTime)]
    time: Vec<Timestamp>,
    /// Height of each point's last block.
    height: Vec<u32>,
    /// Blocks of each point.
    blocks: Vec<u32>,
    /// Those of them whose price is known.
    priced_blocks: Vec<u32>,
    /// The machines, in the order in which they were asked for.
    asics: Vec<Machine<'a>>,
}

/// A machine, and what it earns.
#[derive(Serialize, ToSchema)]
pub(crate) struct Machine<'a> {
    /// Identifier.
    asic_id: &'a str,
    /// Name.
    name: &'a str,
    /// TH/s.
    hashrate_ths: f64,
    /// W at the wall.
    power_w: f64,
    /// J/TH.
    efficiency_j_per_th: f64,
    /// How many draw 1 MW.
    machines_per_mw: f64,
    /// A value for each point.
    columns: Columns,
    /// Over all points.
    totals: Totals,
}

/// What 1 MW earns over all points: the sums of their `usd_per_mw` and `sat_per_mw`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Totals {
    /// sat.
    sat_per_mw: Option<f64>,
    /// USD, over priced blocks.
    usd_per_mw: Option<f64>,
    /// USD that are left: `usd_per_mw x (1 - pool_fee) - power_price x hours`. Null where a block has no price.
    profit_usd_per_mw: Option<f64>,
}

pub(crate) fn operation() -> Operation {
    openapi::operation::<Revenue>("revenue", "What machines earn over time", &PARAMETERS)
        .description(Some(
            "USD and sat per MWh, per block and for 1 MW, and what is left at a power price. CSV has a row for each point and \
             machine. Up to 10,000 blocks or hours, and 300,000 values in all.",
        ))
        .build()
}

pub(crate) async fn revenue(
    State(api): State<Arc<Api>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let params = Params::parse(&uri, &PARAMETERS)?;
    let request = &Request::parse(&params, &api.asics)?;
    let format = Format::of(&params, &headers)?;
    api.answer(&uri, &headers, (), |history| async move {
        let revenue = request.answer(&history, format).await?;
        Ok(Body::of(format, &revenue, Revenue::csv))
    })
    .await
}

struct Request {
    asics: Vec<Asic>,
    window: Window,
    costs: Costs,
    fields: Vec<RevenueField>,
}

#[derive(Clone, Copy)]
struct Costs {
    power_price: f64,
    pool_fee: f64,
}

impl Costs {
    /// USD that are left of `usd`, after the pool and so many MWh.
    fn left(self, usd: f64, mwh: f64) -> f64 {
        usd * (1.0 - self.pool_fee) - self.power_price * mwh
    }
}

impl Request {
    fn parse(params: &Params, catalogue: &[Asic]) -> Result<Self, Problem> {
        let power_price = params.within(POWER_PRICE.name, "a number", &POWER_PRICES)?;
        let pool_fee = params.within(POOL_FEE.name, "a number", &(0.0..=1.0))?;
        let has_costs = power_price.is_some() || pool_fee.is_some();
        let fields = params.chosen(REVENUE_FIELDS.name, &RevenueField::ALL, RevenueField::name)?;
        let all = || {
            let mut all = RevenueField::ALL.to_vec();
            all.retain(|field| has_costs || *field != RevenueField::ProfitUsdPerMwh);
            all
        };
        Ok(Self {
            asics: asked_for(params, catalogue)?,
            window: Window::parse(params)?,
            costs: Costs {
                power_price: power_price.unwrap_or(0.0),
                pool_fee: pool_fee.unwrap_or(0.0),
            },
            fields: fields.unwrap_or_else(all),
        })
    }

    async fn answer(&self, history: &History, format: Format) -> Result<Revenue<'_>, Failure> {
        let range = self.window.range(history);
        let (fields, asics) = (self.fields.len(), self.asics.len());
        let values_per_point = match format {
            Format::Json => POINT_COLUMNS + fields * asics,
            Format::Csv => (CSV_ROW_OVERHEAD + fields) * asics,
        };
        let Points { points, time_span } = self
            .window
            .points(history, &range, values_per_point)
            .await?;
        let hours = time_span.as_secs_f64() / SECS_PER_HOUR;
        let machine = |asic| self.machine(asic, &points, hours);
        Ok(Revenue {
            interval: self.window.interval.name(),
            from: range.start,
            to: range.end,
            power_price: self.costs.power_price,
            pool_fee: self.costs.pool_fee,
            hours,
            time: points.iter().map(|point| point.start).collect(),
            height: points.iter().map(|point| point.height).collect(),
            blocks: points.iter().map(|point| point.blocks).collect(),
            priced_blocks: points.iter().map(|point| point.priced_blocks).collect(),
            asics: self.asics.iter().map(machine).collect(),
        })
    }

    fn machine<'a>(&self, asic: &'a Asic, points: &[Bucket], hours: f64) -> Machine<'a> {
        let shares: Vec<Share> = points.iter().map(|point| Share::of(point, asic)).collect();
        let (sat, usd) = shares.iter().fold((None, None), |(sat, usd), share| {
            (
                sum_of_known(sat, share.sat_per_mw),
                sum_of_known(usd, share.usd_per_mw),
            )
        });
        let all_priced = points
            .iter()
            .all(|point| point.priced_blocks == point.blocks);
        let column = |field: &RevenueField| {
            let of_points = points.iter().zip(&shares);
            let values = of_points.map(|(point, share)| field.value(share, point, self.costs));
            (field.name(), values.collect())
        };
        Machine {
            asic_id: &asic.id,
            name: &asic.name,
            hashrate_ths: asic.hashrate_ths,
            power_w: asic.power_w,
            efficiency_j_per_th: asic.efficiency().to_joules_per_th(),
            machines_per_mw: asic.machines_per_mw(),
            columns: Columns(self.fields.iter().map(column).collect()),
            totals: Totals {
                sat_per_mw: sat,
                usd_per_mw: usd,
                profit_usd_per_mw: usd
                    .filter(|_| all_priced)
                    .map(|usd| self.costs.left(usd, hours)),
            },
        }
    }
}

/// What a machine earns of a point.
#[derive(Clone, Copy)]
struct Share {
    sat_per_mwh: f64,
    usd_per_mwh: Option<f64>,
    sat_per_mw: Option<f64>,
    usd_per_mw: Option<f64>,
}

impl Share {
    fn of(point: &Bucket, asic: &Asic) -> Self {
        if let Some(block) = point.single_block() {
            let (sat_per_mwh, sat_per_mw) = (block.sat_per_mwh(asic), block.sat_per_block(asic));
            return Self {
                sat_per_mwh,
                usd_per_mwh: block.usd(sat_per_mwh),
                sat_per_mw,
                usd_per_mw: sat_per_mw.and_then(|sat| block.usd(sat)),
            };
        }
        let per_mwh = 1000.0 / (24.0 * asic.efficiency().to_joules_per_th()); // PH/s-days of a MWh.
        let per_mw = asic.hashrate_per_mw().to_hs() / HashesPerSecond::ONE_PH.to_hs();
        Self {
            sat_per_mwh: point.sat_per_ph_day() * per_mwh,
            usd_per_mwh: point.usd_per_ph_day().map(|usd| usd * per_mwh),
            sat_per_mw: point.sat_per_ph().map(|sat| sat * per_mw),
            usd_per_mw: point.usd_per_ph().map(|usd| usd * per_mw),
        }
    }
}

impl RevenueField {
    fn value(self, share: &Share, point: &Bucket, costs: Costs) -> Option<f64> {
        match self {
            Self::UsdPerMwh => share.usd_per_mwh,
            Self::SatPerMwh => Some(share.sat_per_mwh),
            Self::UsdPerBlock => share
                .usd_per_mw
                .map(|usd| usd / f64::from(point.priced_blocks)),
            Self::SatPerBlock => share.sat_per_mw.map(|sat| sat / f64::from(point.blocks)),
            Self::UsdPerMw => share.usd_per_mw,
            Self::SatPerMw => share.sat_per_mw,
            Self::ProfitUsdPerMwh => share.usd_per_mwh.map(|usd| costs.left(usd, 1.0)),
        }
    }
}

impl Revenue<'_> {
    fn csv(&self) -> Body {
        let fields = self
            .asics
            .iter()
            .take(1)
            .flat_map(|asic| asic.columns.0.iter().map(|(name, _)| *name));
        let points = ["time", "height", "blocks", "priced_blocks", "asic_id"];
        let mut table = Table::new(points.into_iter().chain(fields));
        for (at, time) in self.time.iter().enumerate() {
            for asic in &self.asics {
                table.cell(time);
                table.cell(self.height[at]);
                table.cell(self.blocks[at]);
                table.cell(self.priced_blocks[at]);
                table.cell(asic.asic_id);
                asic.columns
                    .0
                    .iter()
                    .for_each(|(_, values)| table.maybe(values[at].map(Float)));
                table.end_row();
            }
        }
        table.into_body()
    }
}

/// Columns by name, in the order in which they were asked for.
pub(crate) struct Columns(Vec<(&'static str, Vec<Option<f64>>)>);

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, values)| (name, values)))
    }
}

impl PartialSchema for Columns {
    fn schema() -> RefOr<Schema> {
        openapi::columns(RevenueField::ALL.iter().map(|field| (field.about(), false)))
    }
}

impl ToSchema for Columns {
    fn name() -> Cow<'static, str> {
        "RevenueColumns".into()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::{Value, json};

    use crate::fixture::{World, get, send};

    const S21: &str = "antminer-s21-pro-234";
    const ALL_DAYS: &str = "/api/v1/revenue?asics=antminer-s21-pro-234&from=0";

    fn numbers(values: &Value) -> Vec<f64> {
        values
            .as_array()
            .expect("a column")
            .iter()
            .filter_map(Value::as_f64)
            .collect()
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-12 * b.abs()
    }

    #[tokio::test]
    async fn a_block_pays_by_hand() {
        // 314,500,000 sat at difficulty 2^48 and 84,714 USD, 15 J/TH: 3.6e21 / 15 / 2^80 x 314,500,000, / 1e8 x 84,714.
        // 1 MW is 1e6 / 15 TH/s of 1e21 H/s: 20,966.6667 sat of the block. With bc(1).
        let app = World::with_blocks(3).await.router();

        let path = format!(
            "/api/v1/revenue?asics={S21}&interval=block&from=0&power_price=50&pool_fee=0.02"
        );
        let revenue = get(&app, &path).await;

        let asic = &revenue["asics"][0];
        let first = |name: &str| format!("{:.4}", numbers(&asic["columns"][name])[0]);
        assert_eq!(revenue["time"][0], "2025-10-28T00:00:00Z");
        assert_eq!(
            (&revenue["blocks"], &revenue["height"]),
            (&json!([1, 1, 1]), &json!([900_000, 900_001, 900_002]))
        );
        assert_eq!(
            (asic["asic_id"].as_str(), &asic["efficiency_j_per_th"]),
            (Some(S21), &json!(15.0))
        );
        assert_eq!(first("sat_per_mwh"), "62435.5926");
        assert_eq!(first("usd_per_mwh"), "52.8917");
        assert_eq!(first("sat_per_block"), "20966.6667");
        assert_eq!(first("usd_per_block"), "17.7617");
        assert_eq!(first("profit_usd_per_mwh"), "1.8339"); // 52.8917 x 0.98 - 50
    }

    #[tokio::test]
    async fn points_add_up_to_the_totals_whatever_the_interval() {
        let app = World::with_blocks(1000).await.router();
        let mut seen = Vec::new();
        for interval in ["block", "hour", "day", "week", "month"] {
            let revenue = get(&app, &format!("{ALL_DAYS}&interval={interval}")).await;
            let asic = &revenue["asics"][0];
            let sum = |name: &str| numbers(&asic["columns"][name]).iter().sum::<f64>();
            let totals = &asic["totals"];
            let (usd, sat) = (totals["usd_per_mw"].as_f64(), totals["sat_per_mw"].as_f64());
            let (usd, sat) = (usd.expect("priced"), sat.expect("known"));

            assert!(
                close(sum("usd_per_mw"), usd) && close(sum("sat_per_mw"), sat),
                "{interval}"
            );
            assert!(
                close(sat, 1000.0 * 314_500_000.0 / 15_000.0),
                "{interval}: {sat}"
            ); // A 15,000th of each block.
            seen.push(usd);
        }
        assert!(seen.iter().all(|usd| close(*usd, seen[0])), "{seen:?}");
    }

    #[tokio::test]
    async fn means_are_those_of_the_blocks_and_of_the_series() {
        let app = World::with_blocks(1000).await.router();

        let days = get(&app, ALL_DAYS).await;
        let blocks = get(
            &app,
            &format!("{ALL_DAYS}&interval=block&to=2025-10-29T00:00:00Z"),
        )
        .await;
        let series = get(&app, "/api/v1/series?from=0&fields=usd_per_ph_day").await;

        let day = numbers(&days["asics"][0]["columns"]["usd_per_mwh"]);
        let of_blocks = numbers(&blocks["asics"][0]["columns"]["usd_per_mwh"]);
        let hashprice = numbers(&series["columns"]["usd_per_ph_day"]);
        assert!(close(day[0], of_blocks.iter().sum::<f64>() / 144.0));
        for (usd_per_mwh, usd_per_ph_day) in day.iter().zip(&hashprice) {
            assert!(close(*usd_per_mwh, usd_per_ph_day * 1000.0 / (24.0 * 15.0)));
        }
    }

    #[tokio::test]
    async fn without_a_price_there_are_satoshis_and_nulls() {
        let world = World::with_blocks(18).await; // Six an hour.
        let october = "v1/blocks/year=2025/blocks-2025-10.parquet";
        world
            .lake
            .rewrite_blocks(october, |rows| {
                rows[..8]
                    .iter_mut()
                    .for_each(|row| row.price = hashlake_core::price::BlockPrice::Missing);
            })
            .await;

        let revenue = get(
            &world.router(),
            &format!("{ALL_DAYS}&interval=hour&power_price=1"),
        )
        .await;

        let asic = &revenue["asics"][0];
        let known = |name: &str| {
            let values = asic["columns"][name].as_array().expect("a column");
            values
                .iter()
                .map(|value| !value.is_null())
                .collect::<Vec<_>>()
        };
        assert_eq!(revenue["priced_blocks"], json!([0, 4, 6]));
        for name in [
            "usd_per_mwh",
            "usd_per_block",
            "usd_per_mw",
            "profit_usd_per_mwh",
        ] {
            assert_eq!(known(name), [false, true, true], "{name}");
        }
        for name in ["sat_per_mwh", "sat_per_block", "sat_per_mw"] {
            assert_eq!(known(name), [true, true, true], "{name}");
        }
        assert!(asic["totals"]["usd_per_mw"].is_f64());
        assert_eq!(asic["totals"]["profit_usd_per_mw"], Value::Null);
    }

    #[tokio::test]
    async fn profit_is_what_pool_and_power_leave_over_the_hours_that_are_known() {
        // 1000 blocks from 2025-10-28T00:00:00Z, the last at 2025-11-03T22:30:00Z: 166.5 h.
        let app = World::with_blocks(1000).await.router();

        let revenue = get(&app, &format!("{ALL_DAYS}&power_price=-10&pool_fee=0.5")).await;

        let totals = &revenue["asics"][0]["totals"];
        let (usd, profit) = (
            totals["usd_per_mw"].as_f64(),
            totals["profit_usd_per_mw"].as_f64(),
        );
        assert_eq!(revenue["hours"], 166.5);
        assert!(close(
            profit.expect("priced"),
            usd.expect("priced") / 2.0 + 1665.0
        ));
        let in_part = get(
            &app,
            &format!("{ALL_DAYS}&interval=block&to=2025-10-28T12:00:00Z"),
        )
        .await;
        assert_eq!(in_part["hours"], 12.0);
    }

    #[tokio::test]
    async fn csv_has_a_row_for_each_point_and_machine() {
        let app = World::with_blocks(200).await.router();
        let query =
            "asics=custom:100:3000,antminer-s21-pro-234&from=0&fields=sat_per_mw,usd_per_mw";

        let json = get(&app, &format!("/api/v1/revenue?{query}")).await;
        let csv = send(
            &app,
            Method::GET,
            &format!("/api/v1/revenue?{query}&format=csv"),
        )
        .await
        .body;

        let rows: Vec<&str> = csv.lines().collect();
        assert_eq!(
            rows[0],
            "time,height,blocks,priced_blocks,asic_id,sat_per_mw,usd_per_mw"
        );
        assert_eq!(rows.len(), 1 + 2 * 2);
        let last = &json["asics"][1]["columns"];
        let cells = [&last["sat_per_mw"][1], &last["usd_per_mw"][1]]
            .map(|cell| format!("{:?}", cell.as_f64().expect("known")));
        assert_eq!(
            rows[4],
            format!(
                "2025-10-29T00:00:00Z,900199,56,56,{S21},{},{}",
                cells[0], cells[1]
            )
        );
    }

    #[tokio::test]
    async fn machines_may_be_custom_and_prices_have_bounds() {
        let app = World::with_blocks(3).await.router();
        let cases = [
            ("asics=custom:234:3510", 200, ""),
            ("asics=custom:1.2:10.25", 200, ""),
            ("asics=custom:0.5:10.25", 400, "asics"),
            ("asics=custom:0234:3510", 400, "asics"),
            ("asics=custom:234", 400, "asics"),
            ("asics=custom:0:3510", 400, "asics"),
            ("asics=custom:234:-1", 400, "asics"),
            ("asics=custom:1e3:3510", 400, "asics"),
            ("asics=custom:nan:3510", 400, "asics"),
            ("asics=custom:1234567:3510", 400, "asics"),
            ("asics=antminer-s21-pro-235", 404, "asics"),
            ("power_price=x", 400, "power_price"),
            ("power_price=inf", 400, "power_price"),
            ("power_price=-10001", 400, "power_price"),
            ("pool_fee=2", 400, "pool_fee"),
            ("pool_fee=NaN", 400, "pool_fee"),
            ("fields=usd", 400, "fields"),
        ];
        for (query, status, parameter) in cases {
            let answer = send(&app, Method::GET, &format!("/api/v1/revenue?{query}")).await;

            assert_eq!(answer.status, status, "{query}: {}", answer.body);
            if status != 200 {
                assert_eq!(answer.json()["parameter"], parameter, "{query}");
            }
        }
        let same = get(
            &app,
            &format!("/api/v1/revenue?asics=custom:234:3510,{S21}"),
        )
        .await;
        assert_eq!(same["asics"][0]["columns"], same["asics"][1]["columns"]);
    }

    #[tokio::test]
    async fn what_is_too_much_comes_in_pages() {
        let app = World::with_blocks(12_000).await.router();
        let all_asics = get(&app, "/api/v1/asics").await;
        let ids: Vec<&str> = all_asics["asics"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|asic| asic["asic_id"].as_str())
            .collect();
        let asked = format!("/api/v1/revenue?interval=block&asics={}", ids.join(","));
        let mut from = "2025-10-28T11:11:11Z".to_owned(); // 68 blocks are before it.
        let mut heights = Vec::new();
        loop {
            let path = format!("{asked}&from={from}");
            let answer = send(&app, Method::GET, &path).await;
            let page = match answer.status {
                200 => answer.json(),
                _ => {
                    let first_page = &answer.json()["first_page"];
                    assert_eq!(first_page["from"], from.as_str());
                    let to = first_page["to"].as_str().expect("a time").to_owned();
                    let page = get(&app, &format!("{path}&to={to}")).await;
                    from = to;
                    page
                }
            };
            heights.extend(numbers(&page["height"]));
            if answer.status == 200 {
                break;
            }
        }
        assert!(
            heights
                .iter()
                .copied()
                .eq((900_068..912_000).map(f64::from)),
            "{}",
            heights.len()
        );
    }
}
