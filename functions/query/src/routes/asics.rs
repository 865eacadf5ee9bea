//! `GET /asics`: the catalogue.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hashlake_core::asic::Asic;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::path::Operation;

use crate::http::answer::{Body, Format, constant};
use crate::http::api::Api;
use crate::http::csv::{Float, Table};
use crate::http::parameters::{FORMAT, Parameter};
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::routes::openapi;

const PARAMETERS: [Parameter; 1] = [FORMAT];

/// The catalogue, in order of identifier.
#[derive(Serialize, ToSchema)]
pub(crate) struct Asics<'a> {
    asics: Vec<AsicModel<'a>>,
}

/// A model of mining machine.
#[derive(Serialize, ToSchema)]

pub(crate) struct AsicModel<'a> {
    /// Identifier.
    asic_id: &'a str,
    /// Name and hash rate as its maker writes them.
    name: &'a str,
    /// Its maker.
    vendor: &'a str,
    /// `air`, `hydro` or `immersion`.
    cooling: &'a str,
    /// First day of the month in which it was first sold.
    #[schema(format = Date)]
    released: Option<String>,
    /// Nominal TH/s.
    hashrate_ths: f64,
    /// Nominal W at the wall.
    power_w: f64,
    /// J/TH.
    efficiency_j_per_th: f64,
    /// How many draw 1 MW.
    machines_per_mw: f64,
    /// Where the figures are from.
    source: &'a str,
}

impl<'a> From<&'a Asic> for AsicModel<'a> {
    fn from(asic: &'a Asic) -> Self {
        Self {
            asic_id: &asic.id,
            name: &asic.name,
            vendor: &asic.vendor,
            cooling: &asic.cooling,
            released: asic.released.map(|month| format!("{month}-01")),
            hashrate_ths: asic.hashrate_ths,
            power_w: asic.power_w,
            efficiency_j_per_th: asic.efficiency().to_joules_per_th(),
            machines_per_mw: asic.machines_per_mw(),
            source: &asic.source,
        }
    }
}

pub(crate) fn operation() -> Operation {
    openapi::operation::<Asics>(
        "asics",
        "The machines, with the source of each figure",
        &PARAMETERS,
    )
    .build()
}

pub(crate) async fn asics(
    State(api): State<Arc<Api>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let params = Params::parse(&uri, &PARAMETERS)?;
    let asics = Asics {
        asics: api.asics.iter().map(AsicModel::from).collect(),
    };
    let body = Body::of(Format::of(&params, &headers)?, &asics, Asics::csv);
    Ok(constant(&headers, body))
}

impl Asics<'_> {
    fn csv(&self) -> Body {
        let mut table = Table::new([
            "asic_id",
            "name",
            "vendor",
            "cooling",
            "released",
            "hashrate_ths",
            "power_w",
            "efficiency_j_per_th",
            "machines_per_mw",
            "source",
        ]);
        for row in &self.asics {
            [row.asic_id, row.name, row.vendor, row.cooling]
                .into_iter()
                .for_each(|text| table.cell(text));
            table.maybe(row.released.as_ref());
            [
                row.hashrate_ths,
                row.power_w,
                row.efficiency_j_per_th,
                row.machines_per_mw,
            ]
            .into_iter()
            .for_each(|number| table.cell(Float(number)));
            table.cell(row.source);
            table.end_row();
        }
        table.into_body()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::json;

    use crate::fixture::{World, get, send};

    #[tokio::test]
    async fn the_catalogue_is_there_even_over_an_empty_lake() {
        let app = World::with_blocks(0).await.router();

        let json = get(&app, "/api/v1/asics").await;
        let csv = send(&app, Method::GET, "/api/v1/asics?format=csv")
            .await
            .body;

        let asics = json["asics"].as_array().expect("a list");
        let s21 = asics
            .iter()
            .find(|asic| asic["asic_id"] == "antminer-s21-pro-234")
            .expect("it is there");
        assert!(asics.len() >= 40);
        assert_eq!(
            (&s21["hashrate_ths"], &s21["power_w"], &s21["released"]),
            (&json!(234.0), &json!(3510.0), &json!("2024-07-01"))
        );
        let mut reader = ::csv::Reader::from_reader(csv.as_bytes());
        assert_eq!(reader.headers().map(|header| header.len()).ok(), Some(10));
        assert_eq!(reader.records().filter_map(Result::ok).count(), asics.len());
    }
}
