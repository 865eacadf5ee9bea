//! Reads integers from Thrift's compact protocol, in which Parquet stores footers and page headers.
//! Needs no memory that grows with the numbers that it reads.

/// Structures and lists in each other. A footer has six levels.
const MAX_DEPTH: u8 = 10;

/// Bytes in Thrift's compact protocol.
pub(super) struct Compact<'a>(pub(super) &'a [u8]);

impl Compact<'_> {
    /// Reads a structure; `None` if the bytes are not valid. `found` receives each integer in it,
    /// with the path of field numbers that leads to it. A negative number becomes a large one.
    pub(super) fn fields(&mut self, found: &mut dyn FnMut(&[u64], u64)) -> Option<()> {
        self.structure(&mut Vec::new(), found)
    }

    /// Skips bytes; `None` if there are fewer.
    pub(super) fn take(&mut self, len: u64) -> Option<()> {
        self.0 = self.0.get(usize::try_from(len).ok()?..)?;
        Some(())
    }

    fn structure(&mut self, path: &mut Vec<u64>, found: &mut dyn FnMut(&[u64], u64)) -> Option<()> {
        let mut field = 0_u64;
        loop {
            let header = self.byte()?;
            if header == 0 {
                return Some(());
            }
            field = match header >> 4 {
                0 => self.integer()?,
                delta => field.checked_add(delta.into())?,
            };
            path.push(field);
            match header & 15 {
                1 | 2 => {} // The kind is the value: true or false.
                kind => self.value(kind, path, found)?,
            }
            path.pop();
        }
    }

    fn value(
        &mut self,
        kind: u8,
        path: &mut Vec<u64>,
        found: &mut dyn FnMut(&[u64], u64),
    ) -> Option<()> {
        match kind {
            1..=3 => self.take(1),
            4..=6 => {
                found(path, self.integer()?);
                Some(())
            }
            7 => self.take(8),
            8 => {
                let len = self.varint()?;
                self.take(len)
            }
            9 | 10 => self.list(path, found),
            12 if path.len() < usize::from(MAX_DEPTH) => self.structure(path, found),
            _ => None, // Parquet has no maps.
        }
    }

    /// Reads a list. Parquet has no lists of lists.
    fn list(&mut self, path: &mut Vec<u64>, found: &mut dyn FnMut(&[u64], u64)) -> Option<()> {
        let header = self.byte()?;
        let (len, kind) = match (header >> 4, header & 15) {
            (_, 9 | 10) => return None,
            (15, kind) => (self.varint()?, kind),
            (len, kind) => (len.into(), kind),
        };
        (0..len).try_for_each(|_| self.value(kind, path, found))
    }

    /// A signed integer, which is stored as 0, -1, 1, -2 ..
    fn integer(&mut self) -> Option<u64> {
        let stored = self.varint()?;
        Some((stored >> 1) ^ (stored & 1).wrapping_neg())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }
}
