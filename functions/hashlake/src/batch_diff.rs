//! Finds the first difference between two batches of Arrow columns.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Float64Type;

/// Two floats are equal if their relative difference is at most this, because processors and
/// compilers round differently.
const TOLERANCE: f64 = 1e-12;

/// The first row that differs, and what differs in it.
pub(crate) fn difference(stored: &RecordBatch, expected: &RecordBatch) -> Option<(usize, String)> {
    if stored.schema().fields() != expected.schema().fields() {
        return Some((
            0,
            "the file does not have the columns of this table".to_owned(),
        ));
    }
    if stored.num_rows() != expected.num_rows() {
        return Some((
            0,
            format!(
                "{} rows, expected {}",
                stored.num_rows(),
                expected.num_rows()
            ),
        ));
    }
    let columns = stored
        .columns()
        .iter()
        .zip(expected.columns())
        .zip(stored.schema_ref().fields());
    let differences = columns.filter_map(|((stored, expected), field)| {
        let row = (0..stored.len()).find(|&row| !same(stored, expected, row))?;
        Some((
            row,
            format!(
                "`{}` differs from the value computed from the block",
                field.name()
            ),
        ))
    });
    differences.min_by_key(|(row, _)| *row)
}

fn same(stored: &dyn Array, expected: &dyn Array, row: usize) -> bool {
    match (
        stored.as_primitive_opt::<Float64Type>(),
        expected.as_primitive_opt::<Float64Type>(),
    ) {
        (Some(a), Some(b)) if a.is_valid(row) && b.is_valid(row) => {
            close(a.value(row), b.value(row))
        }
        _ => stored.slice(row, 1).to_data() == expected.slice(row, 1).to_data(),
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Float64Array, Int64Array};

    use super::*;

    fn batch(ints: &[i64], floats: &[Option<f64>]) -> RecordBatch {
        let columns: [(&str, Arc<dyn Array>, bool); 2] = [
            ("int", Arc::new(Int64Array::from(ints.to_vec())), false),
            ("float", Arc::new(Float64Array::from(floats.to_vec())), true),
        ];
        RecordBatch::try_from_iter_with_nullable(columns).expect("the columns have the same length")
    }

    #[test]
    fn the_first_row_that_differs_is_returned() {
        let good = batch(&[1, 2, 3], &[Some(1.0), None, Some(0.0)]);

        assert_eq!(difference(&good, &good), None);
        assert_eq!(
            difference(
                &batch(&[1, 2, 3], &[Some(1.0 + 1e-13), None, Some(0.0)]),
                &good
            ),
            None
        );
        let difference = |ints, floats| difference(&batch(ints, floats), &good).map(|(row, _)| row);
        assert_eq!(
            difference(&[1, 2, 4], &[Some(1.0), None, Some(0.0)]),
            Some(2)
        );
        assert_eq!(
            difference(&[1, 2, 3], &[Some(1.0), Some(0.0), Some(0.0)]),
            Some(1)
        );
        assert_eq!(
            difference(&[1, 2, 3], &[Some(1.0 + 1e-11), None, Some(0.0)]),
            Some(0)
        );
        assert_eq!(difference(&[1, 2], &[Some(1.0), None]), Some(0));
    }
}
