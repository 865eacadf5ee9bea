//! Tables as CSV (RFC 4180), which spreadsheets and data frames can import.

use std::fmt::{self, Display, Formatter, Write as _};
use std::slice;

use csv::{Writer, WriterBuilder};
use serde::Serialize;

use crate::http::answer::Body;

/// A header with the names of the struct's fields, and a row for each struct. If `rows` is empty,
/// there is no header either: see [`header`].
pub(crate) fn rows<T: Serialize>(rows: &[T]) -> Body {
    Body::csv(text(rows))
}

/// The header alone, which is the same for every `row`.
pub(crate) fn header<T: Serialize>(row: &T) -> Body {
    let mut text = text(slice::from_ref(row));
    let end = text.iter().position(|byte| *byte == b'\n');
    text.truncate(end.map_or(0, |end| end + 1));
    Body::csv(text)
}

fn text<T: Serialize>(rows: &[T]) -> Vec<u8> {
    let mut writer = Writer::from_writer(Vec::new());
    for row in rows {
        writer
            .serialize(row)
            .expect("rows are flat structs, and writing to memory cannot fail");
    }
    writer.into_inner().expect("writing to memory cannot fail")
}

/// A table that is written cell by cell, for rows whose columns the client chose.
pub(crate) struct Table {
    writer: Writer<Vec<u8>>,
    cell: String,
}

/// A float with a decimal point or an exponent, as in JSON. Without one of these, some readers read
/// a number of 22 digits as an integer or a text.
pub(crate) struct Float(pub(crate) f64);

impl Display for Float {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl Table {
    /// `header` has the name of each column. It may consist of several lists.
    pub(crate) fn new(header: impl Serialize) -> Self {
        let mut writer = WriterBuilder::new()
            .has_headers(false)
            .from_writer(Vec::new());
        writer
            .serialize(header)
            .expect("names are text, and writing to memory cannot fail");
        Self {
            writer,
            cell: String::new(),
        }
    }

    /// Adds a cell to the row.
    pub(crate) fn cell(&mut self, value: impl Display) {
        self.cell.clear();
        write!(self.cell, "{value}").expect("writing to memory cannot fail");
        self.writer
            .write_field(&self.cell)
            .expect("writing to memory cannot fail");
    }

    /// Adds a cell, which is empty if the value is unknown.
    pub(crate) fn optional_cell(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => self.cell(value),
            None => self.cell(""),
        }
    }

    pub(crate) fn end_row(&mut self) {
        let no_more_cells: [&str; 0] = [];
        self.writer
            .write_record(no_more_cells)
            .expect("all rows have the same length");
    }

    pub(crate) fn into_body(self) -> Body {
        Body::csv(
            self.writer
                .into_inner()
                .expect("writing to memory cannot fail"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Row {
        name: &'static str,
        value: Option<f64>,
    }

    #[test]
    fn rows_are_structs_below_a_header_of_their_fields() {
        let row = |name, value| Row { name, value };
        let text = |body: Body| String::from_utf8(body.into_bytes().to_vec()).expect("UTF-8");

        assert_eq!(
            text(rows(&[row("a,b", Some(1e22)), row("c", None)])),
            "name,value\n\"a,b\",1e22\nc,\n"
        );
        assert_eq!(text(header(&row("a", None))), "name,value\n");
    }
}
