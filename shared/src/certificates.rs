//! Certificates of authorities (CAs), which clients use to check the certificates of servers.

use std::path::Path;
use std::sync::OnceLock;

/// The error for a server whose certificate is that of an authority.
pub const OF_AN_AUTHORITY: &str = "TLS refuses the server's certificate, because it is marked as that of an authority (CA:TRUE): create \
     a new one with `openssl req -x509 .. -addext basicConstraints=critical,CA:FALSE`, and set SSL_CERT_FILE to it";

/// Why there are no certificates of authorities, in a sentence that says what to do; `None` if
/// there are some. The first call reads them where TLS clients do: from the files that
/// `SSL_CERT_FILE` and `SSL_CERT_DIR` name, or from the usual places of the system.
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
        (Some(file), None) => format!(
            "SSL_CERT_FILE is {}, which has no certificates",
            file.display()
        ),
        (None, None) => "the usual places have no certificates".to_owned(),
    };
    format!(
        "no https server can be trusted, because there are no certificates of authorities ({why}): install the package \
         ca-certificates, or set SSL_CERT_FILE to a file of certificates (PEM)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_names_the_file_that_was_tried() {
        let absent = explain(
            Some(Path::new("/nonexistent")),
            Some(
                "failed to read PEM from file: No such file or directory (os error 2) at '/nonexistent'",
            ),
        );
        assert!(absent.contains("at '/nonexistent'"), "{absent}");
        let garbage = explain(Some(Path::new("/etc/hosts")), None);
        assert!(
            garbage.contains("SSL_CERT_FILE is /etc/hosts, which has no certificates"),
            "{garbage}"
        );
        let home = explain(Some(Path::new("~/ca.pem")), Some("not found"));
        assert!(home.contains("`~` is not expanded"), "{home}");
        assert!(explain(None, None).contains("ca-certificates"));
    }
}
