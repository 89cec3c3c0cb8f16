//! AWS's files from a server.

use super::{Fetched, Source, Validators};
use crate::catalogue::ServiceEntry;
use rustls::crypto::ring;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, http::Response};

/// How often a file is asked for before it is given up.
const ATTEMPTS: u32 = 4;

/// Before the second attempt; twice as long before each further one.
const PAUSE: Duration = Duration::from_millis(250);

const TIMEOUT: Duration = Duration::from_secs(30);

/// The largest file is that of EC2, about 2 MB.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The server that has the list of services, and the files that the list names.
pub(super) struct Server {
    agent: Agent,
    list: String,
    /// `https://host`, of the list; no file is fetched from elsewhere.
    origin: String,
}

impl Server {
    /// The server of this list.
    pub(super) fn of_list(list: &str) -> Result<Self, String> {
        let (scheme, rest) = list.split_once("://").unwrap_or_default();
        let host = rest.split('/').next().unwrap_or_default();
        if !matches!(scheme, "http" | "https") || host.is_empty() {
            return Err(format!("`{list}` is no URL of http or https"));
        }
        // The system's certificates, so that a company's own are trusted where curl trusts them.
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .https_only(scheme == "https")
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .user_agent(concat!("leastwise/", env!("CARGO_PKG_VERSION")))
            .build();
        let origin = format!("{scheme}://{host}");
        Ok(Self { agent: Agent::new_with_config(config), list: list.to_owned(), origin })
    }

    /// The answer, after failures that may pass.
    fn get(&self, url: &str, seen: Option<&Validators>) -> Result<Fetched, String> {
        let mut why = String::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                thread::sleep(PAUSE * 2_u32.pow(attempt - 1));
            }
            let mut request = self.agent.get(url);
            if let Some(etag) = seen.and_then(|seen| seen.etag.as_ref()) {
                request = request.header("If-None-Match", etag);
            }
            if let Some(date) = seen.and_then(|seen| seen.last_modified.as_ref()) {
                request = request.header("If-Modified-Since", date);
            }
            why = match request.call() {
                Err(error) => error.to_string(),
                Ok(mut answer) => match answer.status().as_u16() {
                    200 => {
                        let validators = validators(&answer);
                        match answer.body_mut().with_config().limit(LARGEST).read_to_string() {
                            Ok(text) => return Ok(Fetched::Text { text, validators }),
                            Err(error) => error.to_string(),
                        }
                    }
                    304 if seen.is_some() => return Ok(Fetched::Same),
                    status @ (408 | 429 | 500..) => format!("the server answered {status}"),
                    status => return Err(format!("{url}: the server answered {status}")),
                },
            };
        }
        Err(format!("{url}: {why} ({ATTEMPTS} attempts)"))
    }
}

impl Source for Server {
    fn list(&self) -> Result<String, String> {
        match self.get(&self.list, None)? {
            Fetched::Text { text, .. } => Ok(text),
            Fetched::Same => Err(format!("{}: the server answered 304", self.list)),
        }
    }

    fn place(&self, entry: &ServiceEntry) -> Result<String, String> {
        let own = entry.url.strip_prefix(&self.origin).is_some_and(|path| path.starts_with('/'));
        let elsewhere = format!("`{}` is not on {}, as the list is", entry.url, self.origin);
        if own { Ok(entry.url.clone()) } else { Err(elsewhere) }
    }

    fn file(&self, place: &str, seen: Option<&Validators>) -> Result<Fetched, String> {
        self.get(place, seen)
    }
}

fn validators<T>(answer: &Response<T>) -> Validators {
    let header = |name: &str| {
        answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    Validators { etag: header("etag"), last_modified: header("last-modified") }
}
