//! Certificates of authorities, with which the certificates of servers are checked.

use std::path::Path;
use std::sync::OnceLock;

/// What is wrong with a server whose certificate is that of an authority, and what to do.
pub const OF_AN_AUTHORITY: &str = "the server's certificate is marked as one of an authority (CA:TRUE), which TLS refuses for a \
     server: make it again, with `openssl req -x509 .. -addext basicConstraints=critical,CA:FALSE`, and name it in SSL_CERT_FILE";

/// Why there are no certificates of authorities, in a sentence that says what to do; `None` if there
/// are some. The first call reads them, as TLS clients do: from the files that `SSL_CERT_FILE` and
/// `SSL_CERT_DIR` name, or from the usual places of the system.
pub fn missing() -> Option<&'static str> {
    static MISSING: OnceLock<Option<String>> = OnceLock::new();
    let look = || {
        let found = rustls_native_certs::load_native_certs();
        let fault = found.errors.first().map(ToString::to_string);
        let file = std::env::var_os("SSL_CERT_FILE");
        let is_empty = found.certs.is_empty();
        is_empty.then(|| explain(file.as_deref().map(Path::new), fault.as_deref()))
    };
    MISSING.get_or_init(look).as_deref()
}

fn explain(file: Option<&Path>, fault: Option<&str>) -> String {
    let why = match (file, fault) {
        (Some(file), _) if file.starts_with("~") => {
            format!(
                "SSL_CERT_FILE is {}, and `~` is not expanded in it",
                file.display()
            )
        }
        (_, Some(fault)) => fault.to_owned(),
        (Some(file), None) => format!("SSL_CERT_FILE is {}, which has none", file.display()),
        (None, None) => "there are none in the usual places".to_owned(),
    };
    format!(
        "there are no certificates of authorities, without which no https server is trusted ({why}): install the package \
         ca-certificates, or set SSL_CERT_FILE to a file of certificates (PEM)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_was_tried_is_named() {
        let absent = explain(
            Some(Path::new("/nonexistent")),
            Some(
                "failed to read PEM from file: No such file or directory (os error 2) at '/nonexistent'",
            ),
        );
        assert!(absent.contains("at '/nonexistent'"), "{absent}");
        let garbage = explain(Some(Path::new("/etc/hosts")), None);
        assert!(
            garbage.contains("SSL_CERT_FILE is /etc/hosts, which has none"),
            "{garbage}"
        );
        let home = explain(Some(Path::new("~/ca.pem")), Some("not found"));
        assert!(home.contains("`~` is not expanded"), "{home}");
        assert!(explain(None, None).contains("ca-certificates"));
    }
}
