//! Updates from a server on this machine, which answers as AWS's does, and worse.

use super::{DATE, S3, cached, support::Run};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

/// What was asked: the path, and the ETag that the client has.
type Asked = (String, Option<String>);

/// Status, further headers and body.
type Answer = (u16, String, String);

struct Server {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// A server that answers by this function, which is told how often the path was asked before.
    fn start(answer: impl Fn(&Asked, usize, &str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (log, answer, own) = (Arc::clone(&asked), Arc::new(answer), address.clone());
        // It ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, answer, own) = (Arc::clone(&log), Arc::clone(&answer), own.clone());
                thread::spawn(move || serve(stream.unwrap(), &log, &own, &*answer));
            }
        });
        Self { address, asked }
    }

    fn update(&self, folder: &Path, services: &str) -> Run {
        let from = format!("{}/v1/service-list.json", self.address);
        let all = ["catalogue", "update", "--services", services, "--from", &from, "--date", DATE];
        cached(folder, &all)
    }

    fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Asked>>,
    own: &str,
    answer: &dyn Fn(&Asked, usize, &str) -> Answer,
) {
    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let head: Vec<String> =
        lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let Some(path) = head.first().and_then(|line| line.split(' ').nth(1)) else { return };
    let header = |name: &str| {
        let found = head.iter().find(|line| line.to_ascii_lowercase().starts_with(name));
        found.map(|line| line[name.len()..].trim().to_owned())
    };
    let asked = (path.to_owned(), header("if-none-match:"));
    let before = {
        let mut log = log.lock().unwrap();
        log.push(asked.clone());
        log.iter().filter(|(path, _)| *path == asked.0).count() - 1
    };
    let (status, headers, body) = answer(&asked, before, own);
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    );
}

fn ok(body: &str) -> Answer {
    (200, String::new(), body.to_owned())
}

/// The list, with two services on this server.
fn list(own: &str) -> Answer {
    ok(&format!(
        r#"[{{"service":"s3","url":"{own}/v1/s3/s3.json"}},{{"service":"sqs","url":"{own}/v1/sqs/sqs.json"}},
            {{"service":"kms","url":"https://elsewhere.example/v1/kms/kms.json"}}]"#
    ))
}

#[test]
fn what_did_not_change_is_not_fetched_again() {
    let server = Server::start(|(path, etag), _, own| match path.as_str() {
        "/v1/service-list.json" => list(own),
        "/v1/s3/s3.json" if etag.as_deref() == Some("\"one\"") => {
            (304, String::new(), String::new())
        }
        "/v1/s3/s3.json" => (200, "etag: \"one\"\r\n".to_owned(), S3.to_owned()),
        _ => (404, String::new(), String::new()),
    });
    let folder = tempfile::tempdir().unwrap();
    let run = server.update(folder.path(), "s3");
    assert_eq!(run.status, 0, "{}", run.shown());
    assert!(run.stdout.contains(" 1 added, 177 gone,") || run.stdout.contains(" added, "));
    let first = std::fs::read(folder.path().join("leastwise/catalogue.txt")).unwrap();
    assert_eq!(server.asked()[1], ("/v1/s3/s3.json".to_owned(), None));

    let run = server.update(folder.path(), "s3");
    assert_eq!(run.status, 0, "{}", run.shown());
    assert!(run.stdout.contains(": 0 added, 0 gone, 0 changed\n"), "{}", run.stdout);
    assert_eq!(server.asked()[1], ("/v1/s3/s3.json".to_owned(), Some("\"one\"".to_owned())));
    assert_eq!(std::fs::read(folder.path().join("leastwise/catalogue.txt")).unwrap(), first);

    // Without the cached catalogue, what the server said before is worth nothing.
    std::fs::remove_file(folder.path().join("leastwise/catalogue.txt")).unwrap();
    assert_eq!(server.update(folder.path(), "s3").status, 0);
    assert_eq!(server.asked()[1], ("/v1/s3/s3.json".to_owned(), None));
    assert_eq!(std::fs::read(folder.path().join("leastwise/catalogue.txt")).unwrap(), first);
}

#[test]
fn failures_that_pass_are_waited_for() {
    let server = Server::start(|(path, _), before, own| match (path.as_str(), before) {
        ("/v1/service-list.json", 0) => (503, String::new(), String::new()),
        ("/v1/service-list.json", _) => list(own),
        ("/v1/s3/s3.json", 0) => (500, String::new(), "sorry".to_owned()),
        ("/v1/s3/s3.json", 1) => (429, String::new(), "slow down".to_owned()),
        ("/v1/s3/s3.json", _) => ok(S3),
        _ => (404, String::new(), String::new()),
    });
    let folder = tempfile::tempdir().unwrap();
    let run = server.update(folder.path(), "s3");
    assert_eq!(run.status, 0, "{}", run.shown());
    assert_eq!(server.asked().len(), 5);
}

#[test]
fn failures_that_stay_are_told_and_nothing_is_written() {
    let server = Server::start(|(path, _), _, own| match path.as_str() {
        "/v1/service-list.json" => list(own),
        "/v1/s3/s3.json" => ok("<html>Sign in to the hotel's network</html>"),
        _ => (403, String::new(), String::new()),
    });
    let folder = tempfile::tempdir().unwrap();
    let run = server.update(folder.path(), "s3,sqs,kms");
    assert_eq!(run.status, 4);
    for said in [
        "/v1/s3/s3.json: not of the documented shape: expected value at line 1 column 1",
        "/v1/sqs/sqs.json: the server answered 403",
        "`https://elsewhere.example/v1/kms/kms.json` is not on http://127.0.0.1:",
        "nothing was written",
    ] {
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    assert!(!folder.path().join("leastwise").exists());
    // What was refused is not asked for again.
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|(path, _)| path == "/v1/sqs/sqs.json").count(), 1);
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let from = format!("http://{closed}/v1/service-list.json");
    let run = cached(folder.path(), &["catalogue", "update", "--from", &from]);
    assert_eq!(run.status, 4);
    assert!(run.stderr.contains("(4 attempts)"), "{}", run.stderr);
    let run = cached(folder.path(), &["catalogue", "update", "--from", "ftp://x/list.json"]);
    assert_eq!(run.status, 2);
}
