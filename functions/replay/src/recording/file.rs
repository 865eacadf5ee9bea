//! CSV files, plain or gzipped, which are bundled with the program or read from disk.

use std::borrow::Cow;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::recording::error::RecordingError;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

pub(crate) struct CsvFile<'a> {
    /// The name that errors show.
    pub(crate) name: Cow<'a, str>,
    bytes: Cow<'a, [u8]>,
}

impl<'a> CsvFile<'a> {
    pub(crate) const fn bundled(name: &'a str, bytes: &'a [u8]) -> Self {
        Self {
            name: Cow::Borrowed(name),
            bytes: Cow::Borrowed(bytes),
        }
    }

    pub(crate) fn read(path: &Path) -> Result<Self, RecordingError> {
        let file = path.display().to_string();
        match fs::read(path) {
            Ok(bytes) => Ok(Self {
                name: file.into(),
                bytes: bytes.into(),
            }),
            Err(source) => Err(RecordingError::Unreadable { file, source }),
        }
    }

    /// The text of the file, decompressed if it is gzipped.
    pub(crate) fn text(&self) -> Result<Cow<'_, [u8]>, RecordingError> {
        if !self.bytes.starts_with(&GZIP_MAGIC) {
            return Ok(Cow::Borrowed(&self.bytes));
        }
        let mut text = Vec::new();
        match MultiGzDecoder::new(&*self.bytes).read_to_end(&mut text) {
            Ok(_) => Ok(text.into()),
            Err(source) => Err(RecordingError::Unreadable {
                file: self.name.to_string(),
                source,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn files_are_read_plain_and_gzipped() {
        let folder = tempfile::tempdir().unwrap();
        let (plain, gzipped) = (folder.path().join("b.csv"), folder.path().join("b.csv.gz"));
        fs::write(&plain, "height\n7\n").unwrap();
        let mut encoder = GzEncoder::new(fs::File::create(&gzipped).unwrap(), Compression::best());
        encoder.write_all(b"height\n7\n").unwrap();
        encoder.finish().unwrap();

        for path in [plain, gzipped] {
            let file = CsvFile::read(&path).unwrap();
            assert_eq!(&*file.text().unwrap(), b"height\n7\n");
        }
    }

    #[test]
    fn damaged_gzip_data_is_unreadable() {
        let file = CsvFile::bundled("a.csv.gz", &[0x1f, 0x8b, 8, 0, 0]);

        let error = file.text().unwrap_err();

        assert!(
            error.to_string().starts_with("cannot read a.csv.gz: "),
            "{error}"
        );
    }
}
