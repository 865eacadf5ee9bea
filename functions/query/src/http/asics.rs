//! Machines by identifier, and what may have been meant where there is none.

use hashlake_core::asic::Asic;

use crate::http::parameters::ASICS;
use crate::http::params::{Params, shown};
use crate::http::problem::Problem;

const DEFAULT_IDS: [&str; 3] = [
    "antminer-s19j-pro-100",
    "antminer-s21-pro-234",
    "antminer-s23-hyd-580",
];
const CUSTOM: &str = "custom:";
const CUSTOM_FORM: &str = "custom:<TH/s>:<W>, each from 1 to 999999 with at most six decimals";
const SUGGESTIONS: usize = 3;
const COMPARED_CHARS: usize = 64; // Longer than any identifier.

/// The machines that a request asks for; three of different years where it names none.
///
/// # Errors
/// A problem that names those whose identifiers come nearest.
pub(crate) fn asked_for(params: &Params, catalogue: &[Asic]) -> Result<Vec<Asic>, Problem> {
    let ids = params
        .list(ASICS.name)?
        .unwrap_or_else(|| DEFAULT_IDS.to_vec());
    ids.into_iter().map(|id| find(catalogue, id)).collect()
}

fn find(catalogue: &[Asic], id: &str) -> Result<Asic, Problem> {
    if let Some(figures) = id.strip_prefix(CUSTOM) {
        return custom(id, figures).ok_or_else(|| {
            let detail = format!("`{}` is not a machine: expected {CUSTOM_FORM}", shown(id));
            Problem::bad_parameter(ASICS.name, detail)
        });
    }
    let known = catalogue.iter().find(|asic| asic.id == id);
    known.cloned().ok_or_else(|| {
        let nearest = nearest(catalogue, id);
        let detail = format!(
            "no machine is called `{}`: did you mean {}? /api/v1/asics has them all",
            shown(id),
            nearest.join(", ")
        );
        Problem::unknown(
            ASICS.name,
            detail,
            nearest.into_iter().map(str::to_owned).collect(),
        )
    })
}

/// A machine that the caller describes.
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

/// Identifiers that contain `id` first, then those that fewer edits make of it.
fn nearest<'a>(asics: &'a [Asic], id: &str) -> Vec<&'a str> {
    let id: String = id.to_lowercase().chars().take(COMPARED_CHARS).collect();
    let mut ids: Vec<&str> = asics.iter().map(|asic| asic.id.as_str()).collect();
    ids.sort_by_cached_key(|known| (!known.contains(&id), edits(&id, known)));
    ids.truncate(SUGGESTIONS);
    ids
}

/// Characters to insert, delete or replace to make one of the other (Levenshtein).
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.chars().count()]
}

#[cfg(test)]
mod tests {
    use hashlake_core::asic::catalogue;

    use super::*;

    #[test]
    fn edits_are_counted_as_in_textbooks() {
        for (a, b, count) in [
            ("", "", 0),
            ("abc", "", 3),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
        ] {
            assert_eq!(edits(a, b), count, "{a} {b}");
        }
    }

    #[test]
    fn a_slip_of_the_pen_finds_what_was_meant() {
        let asics = catalogue();

        assert_eq!(
            nearest(&asics, "antminer-s21-pro-235")[0],
            "antminer-s21-pro-234"
        );
        assert_eq!(nearest(&asics, "S19j-Pro")[0], "antminer-s19j-pro-100");
        assert_eq!(nearest(&asics, &"x".repeat(100_000)).len(), 3);
    }
}
