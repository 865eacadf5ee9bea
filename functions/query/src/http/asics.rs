//! The parameter `asics`: machines by identifier, and suggestions for an identifier that does not
//! exist.

use hashlake_core::asic::Asic;
use serde::Deserialize;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::http::parameters::List;
use crate::http::problem::{Problem, shown};

const DEFAULT_IDS: [&str; 3] = [
    "antminer-s19j-pro-100",
    "antminer-s21-pro-234",
    "antminer-s23-hyd-580",
];
const PATTERN: &str = r"^([a-z0-9][a-z0-9-]{0,63}|custom:[1-9][0-9]{0,5}(\.[0-9]{1,6})?:[1-9][0-9]{0,5}(\.[0-9]{1,6})?)$";
const CUSTOM_PREFIX: &str = "custom:";
const SUGGESTIONS: usize = 3;
const MAX_COMPARED_CHARS: usize = 64; // Longer than any identifier.

/// The value of the parameter `asics`.
pub(crate) type AsicIds = List<AsicId>;

/// A machine of the catalogue, or one that the client describes.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum AsicId {
    Catalogue(String),
    Custom(Asic),
}

impl TryFrom<String> for AsicId {
    type Error = String;

    fn try_from(id: String) -> Result<Self, String> {
        match id.strip_prefix(CUSTOM_PREFIX) {
            None => Ok(Self::Catalogue(id)),
            Some(figures) => custom(&id, figures).map(Self::Custom).ok_or_else(|| {
                format!(
                    "expected {CUSTOM_PREFIX}<TH/s>:<W>, each from 1 to 999999 with at most six decimals"
                )
            }),
        }
    }
}

impl PartialSchema for AsicId {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.pattern(Some(PATTERN)).into()
    }
}

impl ToSchema for AsicId {}

/// The machines of a request; three of different years if it names none.
///
/// # Errors
/// An unknown identifier is a problem that suggests the nearest ones.
pub(crate) fn machines(ids: Option<&AsicIds>, catalogue: &[Asic]) -> Result<Vec<Asic>, Problem> {
    match ids {
        Some(List(ids)) => ids.iter().map(|id| find(catalogue, id)).collect(),
        None => DEFAULT_IDS
            .iter()
            .map(|id| find_by_name(catalogue, id))
            .collect(),
    }
}

fn find(catalogue: &[Asic], id: &AsicId) -> Result<Asic, Problem> {
    match id {
        AsicId::Catalogue(id) => find_by_name(catalogue, id),
        AsicId::Custom(asic) => Ok(asic.clone()),
    }
}

fn find_by_name(catalogue: &[Asic], id: &str) -> Result<Asic, Problem> {
    let known = catalogue.iter().find(|asic| asic.id == id);
    known.cloned().ok_or_else(|| {
        let nearest = nearest(catalogue, id);
        let detail = format!(
            "unknown machine `{}`: did you mean {}? See /api/v1/asics for all",
            shown(id),
            nearest.join(", ")
        );
        let nearest = nearest.into_iter().map(str::to_owned).collect();
        Problem::unknown("asics", detail, nearest)
    })
}

fn custom(id: &str, figures: &str) -> Option<Asic> {
    let figure = |text: &str| {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |part: &str| (1..=6).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let is_plain = digits(whole) && !whole.starts_with('0') && digits(decimals);
        text.parse().ok().filter(|_| is_plain)
    };
    let (hashrate, power) = figures.split_once(':')?;
    let (hashrate_ths, power_w) = (figure(hashrate)?, figure(power)?);
    Some(Asic {
        id: id.to_owned(),
        name: format!("Custom ({hashrate_ths} TH/s, {power_w} W)"),
        vendor: String::new(),
        cooling: String::new(),
        released: None,
        hashrate_ths,
        power_w,
        source: "the request".to_owned(),
    })
}

/// Identifiers that contain `id` first, then those that need fewer edits to become `id`.
fn nearest<'a>(catalogue: &'a [Asic], id: &str) -> Vec<&'a str> {
    let id: String = id.to_lowercase().chars().take(MAX_COMPARED_CHARS).collect();
    let mut ids: Vec<&str> = catalogue.iter().map(|asic| asic.id.as_str()).collect();
    ids.sort_by_cached_key(|known| (!known.contains(&id), strsim::levenshtein(&id, known)));
    ids.truncate(SUGGESTIONS);
    ids
}

#[cfg(test)]
mod tests {
    use hashlake_core::asic::catalogue;

    use super::*;

    #[test]
    fn a_misspelt_identifier_finds_the_one_that_was_meant() {
        let asics = catalogue();

        assert_eq!(
            nearest(&asics, "antminer-s21-pro-235")[0],
            "antminer-s21-pro-234"
        );
        assert_eq!(nearest(&asics, "S19j-Pro")[0], "antminer-s19j-pro-100");
        assert_eq!(nearest(&asics, &"x".repeat(100_000)).len(), 3);
    }
}
