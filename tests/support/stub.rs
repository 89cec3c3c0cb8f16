//! A server that answers IAM's and STS's calls as a test wants: for pages, refusals and silence,
//! which `moto_server` never shows.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The parameters of a call, `Action` among them.
pub(crate) type Call = BTreeMap<String, String>;

pub(crate) struct Stub {
    pub(crate) url: String,
    /// `Action` and `Marker` of every call so far.
    pub(crate) calls: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    /// Answers each call but `GetCallerIdentity` with a status and the XML inside
    /// `<ActionResult>`, or with an error's XML. The thread ends with the test's process.
    pub(crate) fn start(answer: impl Fn(&Call) -> (u16, String) + Send + 'static) -> Self {
        let auditor =
            "<Arn>arn:aws:iam::111122223333:user/auditor</Arn><Account>111122223333</Account>";
        Self::start_all(move |call| match &*call["Action"] {
            "GetCallerIdentity" => (200, auditor.to_owned()),
            _ => answer(call),
        })
    }

    /// Answers every call.
    pub(crate) fn start_all(answer: impl Fn(&Call) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&calls);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(call) = read(&stream) else { continue };
                let action = call.get("Action").cloned().unwrap_or_default();
                let marker = call.get("Marker").cloned().unwrap_or_default();
                seen.lock().unwrap().push(format!("{action} {marker}").trim_end().to_owned());
                let (status, xml) = answer(&call);
                write(stream, &action, status, &xml);
            }
        });
        Self { url, calls }
    }
}

/// An error of the query protocol.
pub(crate) fn error(status: u16, code: &str, message: &str) -> (u16, String) {
    (status, format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
}

fn read(stream: &TcpStream) -> Option<Call> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    Some(pairs.map(|(key, value)| (decode(key), decode(value))).collect())
}

fn write(mut stream: TcpStream, action: &str, status: u16, xml: &str) {
    let body = if status == 200 {
        format!("<{action}Response><{action}Result>{xml}</{action}Result></{action}Response>")
    } else {
        format!("<ErrorResponse>{xml}<RequestId>1</RequestId></ErrorResponse>")
    };
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}
