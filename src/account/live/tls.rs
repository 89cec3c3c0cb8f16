//! The HTTP client: rustls, the platform's certificates, `AWS_CA_BUNDLE`, proxies.

use super::LiveError;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Connection pools by their timeouts: the SDK asks for a connector at every request.
type Connectors = Mutex<HashMap<(Option<Duration>, Option<Duration>), SharedHttpConnector>>;

/// A client that goes through the proxy of `HTTPS_PROXY` and its like, unless the endpoint is on
/// this machine.
pub(super) fn http_client(loopback: bool) -> Result<SharedHttpClient, LiveError> {
    let context = context()?;
    let connectors = Connectors::default();
    Ok(http_client_fn(move |settings, components| {
        let key = (settings.connect_timeout(), settings.read_timeout());
        let mut connectors = connectors.lock().unwrap_or_else(PoisonError::into_inner);
        let connector = connectors.entry(key).or_insert_with(|| {
            let proxy = if loopback { ProxyConfig::disabled() } else { ProxyConfig::from_env() };
            let mut builder = Connector::builder()
                .connector_settings(HttpConnectorSettings::clone(settings))
                .proxy_config(proxy);
            builder.set_sleep_impl(components.sleep_impl());
            let tls = builder.tls_provider(Provider::Rustls(CryptoMode::Ring));
            SharedHttpConnector::new(tls.tls_context(context.clone()).build())
        });
        connector.clone()
    }))
}

/// The platform's certificates, and those of `AWS_CA_BUNDLE`, which the SDK itself does not read.
/// They are checked here because the SDK takes only valid ones.
///
/// AWS: <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html#envvars-list-AWS_CA_BUNDLE>
fn context() -> Result<TlsContext, LiveError> {
    let mut store = TrustStore::default();
    if let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) {
        let shown = path.display().to_string();
        let bad = |why: String| LiveError {
            message: format!("`AWS_CA_BUNDLE` names `{shown}`, which {why}"),
            help: Some("let it name a file of PEM certificates, or unset it".to_owned()),
        };
        let bytes =
            std::fs::read(&path).map_err(|error| bad(format!("cannot be read: {error}")))?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&bytes) {
            let certificate = certificate.map_err(|error| bad(format!("is no PEM: {error}")))?;
            let added = roots.add(certificate);
            added.map_err(|error| bad(format!("holds a bad certificate: {error}")))?;
        }
        if roots.is_empty() {
            return Err(bad("holds no certificate".to_owned()));
        }
        store = store.with_pem_certificate(bytes);
    }
    TlsContext::builder()
        .with_trust_store(store)
        .build()
        .map_err(|error| LiveError { message: format!("cannot set up TLS: {error}"), help: None })
}
