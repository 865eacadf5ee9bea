//! Tables as CSV (RFC 4180), as spreadsheets and data frames import them.

use std::fmt::{self, Display, Formatter, Write as _};

use crate::http::answer::Body;

/// A table in the making: a header row, then rows cell by cell.
pub(crate) struct Table {
    writer: ::csv::Writer<Vec<u8>>,
    cell: String,
}

/// A float as JSON has it, with a point or an exponent: 22 digits without are a whole number to readers, or text.
pub(crate) struct Float(pub(crate) f64);

impl Display for Float {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl Table {
    pub(crate) fn new<'a>(header: impl IntoIterator<Item = &'a str>) -> Self {
        let mut table = Self {
            writer: ::csv::Writer::from_writer(Vec::new()),
            cell: String::new(),
        };
        header.into_iter().for_each(|name| table.cell(name));
        table.end_row();
        table
    }

    /// The next cell of the row.
    pub(crate) fn cell(&mut self, value: impl Display) {
        self.cell.clear();
        write!(self.cell, "{value}").expect("memory takes every write");
        self.writer
            .write_field(&self.cell)
            .expect("memory takes every write");
    }

    /// The next cell, empty where nothing is known.
    pub(crate) fn maybe(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => self.cell(value),
            None => self.cell(""),
        }
    }

    pub(crate) fn end_row(&mut self) {
        let no_more: [&str; 0] = [];
        self.writer
            .write_record(no_more)
            .expect("rows are of one length");
    }

    pub(crate) fn into_body(self) -> Body {
        Body::csv(self.writer.into_inner().expect("memory takes every write"))
    }
}
