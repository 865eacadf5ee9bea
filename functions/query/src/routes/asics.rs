//! `GET /asics`: the catalogue of miner models.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hashlake_core::asic::Asic;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::answer::{Body, Format, constant};
use crate::http::api::Api;
use crate::http::csv;
use crate::http::openapi::{OtherResponses, TAG};
use crate::http::query::Query;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AsicsQuery {
    /// Format of the answer; the header `Accept: text/csv` also selects CSV. Default: `json`.
    #[param(inline, example = "json")]
    format: Option<Format>,
}

/// The catalogue, in order of identifier.
#[derive(Serialize, ToSchema)]
pub(crate) struct Asics<'a> {
    asics: Vec<AsicModel<'a>>,
}

/// A miner model.
#[derive(Serialize, ToSchema)]
pub(crate) struct AsicModel<'a> {
    /// Identifier.
    asic_id: &'a str,
    /// Name and hash rate, as the manufacturer writes them.
    name: &'a str,
    /// Manufacturer.
    vendor: &'a str,
    /// `air`, `hydro` or `immersion`.
    cooling: &'a str,
    /// First day of the month in which the model was released.
    #[schema(format = Date)]
    released: Option<String>,
    /// Nominal hash rate in TH/s.
    hashrate_ths: f64,
    /// Nominal power at the wall in W.
    power_w: f64,
    /// Efficiency in J/TH.
    efficiency_j_per_th: f64,
    /// Number of miners that draw 1 MW.
    machines_per_mw: f64,
    /// Source of the hash rate and the power.
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

/// All miner models, with the source of their figures
#[utoipa::path(
    get,
    path = "/asics",
    tag = TAG,
    params(AsicsQuery),
    responses(
        (status = 200, description = "The catalogue.", content((Asics = "application/json"), (String = "text/csv"))),
        OtherResponses
    )
)]
pub(crate) async fn asics(
    State(api): State<Arc<Api>>,
    Query(query): Query<AsicsQuery>,
    headers: HeaderMap,
) -> Response {
    let asics: Vec<AsicModel> = api.asics.iter().map(AsicModel::from).collect();
    let body = match Format::choose(query.format, &headers) {
        Format::Json => Body::json(&Asics { asics }),
        Format::Csv => csv::rows(&asics),
    };
    constant(&headers, body)
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::json;

    use crate::fixture::{World, get, send};

    #[tokio::test]
    async fn the_catalogue_is_served_even_over_an_empty_lake() {
        let app = World::with_blocks(0).await.router();

        let json = get(&app, "/api/v1/asics").await;
        let csv = send(&app, Method::GET, "/api/v1/asics?format=csv")
            .await
            .body;

        let asics = json["asics"].as_array().expect("a list");
        let s21 = asics
            .iter()
            .find(|asic| asic["asic_id"] == "antminer-s21-pro-234")
            .expect("a model of the catalogue");
        assert!(asics.len() >= 40);
        assert_eq!(
            (&s21["hashrate_ths"], &s21["power_w"], &s21["released"]),
            (&json!(234.0), &json!(3510.0), &json!("2024-07-01"))
        );
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        assert_eq!(reader.headers().map(|header| header.len()).ok(), Some(10));
        assert_eq!(reader.records().filter_map(Result::ok).count(), asics.len());
    }
}
