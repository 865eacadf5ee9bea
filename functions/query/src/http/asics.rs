//! The parameter `asics`: miner models by identifier, and suggestions for an identifier that does
//! not exist.

use hashlake_core::asic::Asic;
use serde::Deserialize;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::http::parameters::List;
use crate::http::problem::{Problem, shortened};

/// Name of the parameter.
pub(crate) const PARAMETER: &str = "asics";
const DEFAULT_IDS: [&str; 3] = [
    "antminer-s19j-pro-100",
    "antminer-s21-pro-234",
    "antminer-s23-hyd-580",
];
const PATTERN: &str = r"^([a-z0-9][a-z0-9-]{0,63}|custom:[1-9][0-9]{0,5}(\.[0-9]{1,6})?:[1-9][0-9]{0,5}(\.[0-9]{1,6})?)(\*[1-9][0-9]{0,6})?$";
const CUSTOM_PREFIX: &str = "custom:";
const COUNT_MARK: char = '*';
const MAX_COUNT: u32 = 9_999_999;
const SUGGESTIONS: usize = 3;
const MAX_COMPARED_CHARS: usize = 64; // Longer than any identifier.

/// The value of the parameter `asics`.
pub(crate) type AsicIds = List<AsicId>;

/// A value of the parameter: a miner model, and the number of miners if it is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct AsicId {
    model: AsicModelId,
    count: Option<u32>,
}

/// A miner model of the catalogue, or one that the client describes.
#[derive(Clone, Debug)]
enum AsicModelId {
    Catalogue(String),
    Custom(Asic),
}

impl TryFrom<String> for AsicId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (id, count) = match text.split_once(COUNT_MARK) {
            None => (&*text, None),
            Some((id, count)) => (id, Some(parse_count(count)?)),
        };
        let model = match id.strip_prefix(CUSTOM_PREFIX) {
            None => AsicModelId::Catalogue(id.to_owned()),
            Some(figures) => AsicModelId::Custom(custom(id, figures).ok_or_else(|| {
                format!(
                    "expected {CUSTOM_PREFIX}<TH/s>:<W>, each from 1 to 999999 with at most six decimals"
                )
            })?),
        };
        Ok(Self { model, count })
    }
}

fn parse_count(text: &str) -> Result<u32, String> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    let count = text.parse().ok().filter(|_| is_plain);
    count
        .filter(|count| (1..=MAX_COUNT).contains(count))
        .ok_or_else(|| {
            format!("expected a number of miners from 1 to {MAX_COUNT} after `{COUNT_MARK}`")
        })
}

impl PartialSchema for AsicId {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.pattern(Some(PATTERN)).into()
    }
}

impl ToSchema for AsicId {}

/// A miner model of a request, and the number of miners.
#[derive(Clone, Debug)]
pub(crate) struct AsicCount {
    pub(crate) asic: Asic,
    /// `None` if the request has no count for this model.
    pub(crate) count: Option<u32>,
}

/// The miner models of a request, without their counts. The default is three models of different
/// years.
///
/// # Errors
/// See [`with_counts`].
pub(crate) fn models(ids: Option<&AsicIds>, catalogue: &[Asic]) -> Result<Vec<Asic>, Problem> {
    match ids {
        Some(ids) => Ok(with_counts(ids, catalogue)?
            .into_iter()
            .map(|requested| requested.asic)
            .collect()),
        None => DEFAULT_IDS
            .iter()
            .map(|id| find_by_id(catalogue, id))
            .collect(),
    }
}

/// The miner models of a request, with their counts.
///
/// # Errors
/// 404 with the most similar identifiers if one is unknown; 400 if a model is listed twice.
pub(crate) fn with_counts(
    List(ids): &AsicIds,
    catalogue: &[Asic],
) -> Result<Vec<AsicCount>, Problem> {
    let mut requested: Vec<AsicCount> = Vec::with_capacity(ids.len());
    for AsicId { model, count } in ids {
        let asic = match model {
            AsicModelId::Catalogue(id) => find_by_id(catalogue, id)?,
            AsicModelId::Custom(asic) => asic.clone(),
        };
        if requested.iter().any(|other| other.asic.id == asic.id) {
            let detail = format!("asics: `{}` is listed twice", shortened(&asic.id));
            return Err(Problem::bad_parameter(PARAMETER, detail));
        }
        let count = *count;
        requested.push(AsicCount { asic, count });
    }
    Ok(requested)
}

fn find_by_id(catalogue: &[Asic], id: &str) -> Result<Asic, Problem> {
    let known = catalogue.iter().find(|asic| asic.id == id);
    known.cloned().ok_or_else(|| {
        let nearest = nearest(catalogue, id);
        let detail = format!(
            "unknown miner model `{}`: did you mean {}? See /api/v1/asics for all models",
            shortened(id),
            nearest.join(", ")
        );
        let nearest = nearest.into_iter().map(str::to_owned).collect();
        Problem::unknown(PARAMETER, detail, nearest)
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

/// The identifiers that are most like `id`: first those that contain it, then those that need the
/// fewest edits to become `id`.
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

    fn requested(texts: &[&str]) -> Result<Vec<(String, Option<u32>)>, String> {
        let ids = texts
            .iter()
            .map(|text| AsicId::try_from((*text).to_owned()));
        let ids = List(ids.collect::<Result<_, _>>()?);
        let requested = with_counts(&ids, &catalogue());
        let requested = requested.map_err(|problem| problem.detail().to_owned())?;
        let id_and_count = |AsicCount { asic, count }| (asic.id, count);
        Ok(requested.into_iter().map(id_and_count).collect())
    }

    #[test]
    fn a_count_may_follow_an_identifier() {
        assert_eq!(
            requested(&[
                "antminer-s21-pro-234*120",
                "custom:200:3500*9999999",
                "custom:2.5:40"
            ]),
            Ok(vec![
                ("antminer-s21-pro-234".to_owned(), Some(120)),
                ("custom:200:3500".to_owned(), Some(9_999_999)),
                ("custom:2.5:40".to_owned(), None),
            ])
        );
    }

    #[test]
    fn an_invalid_count_is_refused() {
        for count in [
            "",
            "0",
            "01",
            "-1",
            "+1",
            "1.5",
            "1e3",
            "10000000",
            "99999999999",
            "1*2",
            " 1",
        ] {
            assert_eq!(
                requested(&[&format!("antminer-s21-pro-234*{count}")]),
                Err("expected a number of miners from 1 to 9999999 after `*`".to_owned()),
                "{count}"
            );
        }
    }

    #[test]
    fn a_model_cannot_be_listed_twice_with_different_counts() {
        assert_eq!(
            requested(&["custom:200:3500*2", "custom:200:3500*3"]),
            Err("asics: `custom:200:3500` is listed twice".to_owned())
        );
    }
}
