//! Machines by identifier, and what may have been meant where there is none.

use hashlake::asic::Asic;

use crate::params::shown;
use crate::problem::Problem;

const SUGGESTIONS: usize = 3;
const COMPARED_CHARS: usize = 64; // Longer than any identifier.

/// The machine of that identifier.
///
/// # Errors
/// A problem with `parameter` that names those whose identifiers come nearest.
pub(crate) fn find<'a>(asics: &'a [Asic], parameter: &str, id: &str) -> Result<&'a Asic, Problem> {
    asics.iter().find(|asic| asic.id == id).ok_or_else(|| {
        let nearest = nearest(asics, id).join(", ");
        Problem::unknown_value(
            parameter,
            format!(
                "no machine is called `{}`: did you mean {nearest}?",
                shown(id)
            ),
        )
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
    use hashlake::asic::catalogue;

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
