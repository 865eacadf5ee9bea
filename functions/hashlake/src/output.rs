//! Standard output of the commands.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write, stdout};

/// Writes a line to standard output, as `println!` does.
///
/// If nothing reads standard output any more, as in `hashlake status | head -1`, the line is dropped,
/// so that the command still completes its work. Other errors are returned.
macro_rules! outln {
    ($($arg:tt)*) => {
        $crate::output::write(format_args!("{}\n", format_args!($($arg)*)))
    };
}

pub(crate) use outln;

pub(crate) fn write(text: Arguments<'_>) -> io::Result<()> {
    let mut stdout = stdout().lock();
    let result = stdout.write_fmt(text).and_then(|()| stdout.flush());
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(io::Error::new(
            error.kind(),
            format!("cannot write to standard output: {error}"),
        )),
        Ok(()) => Ok(()),
    }
}
