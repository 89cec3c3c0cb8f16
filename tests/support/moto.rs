//! A loopback AWS: `moto_server` on a free port, stopped when it is dropped.
//!
//! It is looked for in `LEASTWISE_MOTO`, in `.venv/bin` and in `PATH`. Without it a test is
//! skipped, except where `CI` is set: there it fails.

#![allow(
    dead_code,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "shared by test binaries that each use a part; a test may fail"
)]

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) struct Moto {
    server: Child,
    port: u16,
    program: PathBuf,
}

impl Moto {
    /// Starts a server; `None` where there is none and that is fine.
    pub(crate) fn start(environment: &[(&str, &str)]) -> Option<Self> {
        let Some(program) = find() else {
            let ci = std::env::var("CI").is_ok_and(|ci| !ci.is_empty() && ci != "false");
            assert!(!ci, "moto_server not found: `pip install 'moto[server]'`");
            eprintln!("skipped: moto_server not found (`pip install 'moto[server]'`)");
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(&program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        command.envs(environment.iter().copied()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = command.spawn().unwrap();
        let mut moto = Self { server, port, program };
        let deadline = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(moto.server.try_wait().unwrap().is_none(), "moto_server ended");
            assert!(Instant::now() < deadline, "moto_server does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(moto)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What a script of boto3 prints; `iam` is the client.
    pub(crate) fn boto3(&self, script: &str) -> String {
        let python = python_of(&self.program);
        let head = format!(
            "import boto3, json\niam = boto3.client('iam', endpoint_url='{}', \
             region_name='us-east-1', aws_access_key_id='test', aws_secret_access_key='test')\n",
            self.url()
        );
        let output = Command::new(python).args(["-c", &(head + script)]).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The Python that runs a `moto_server`.
fn python_of(program: &Path) -> PathBuf {
    let beside = program.with_file_name("python");
    if beside.exists() { beside } else { PathBuf::from("python3") }
}

/// The file of moto's in which AWS's managed policies are; `None` where there is no moto.
pub(crate) fn managed_policies() -> Option<PathBuf> {
    const SCRIPT: &str = "import importlib.util
print(importlib.util.find_spec('moto').submodule_search_locations[0], end='')";
    let output = Command::new(python_of(&find()?)).args(["-c", SCRIPT]).output().ok()?;
    let folder = PathBuf::from(String::from_utf8(output.stdout).ok()?);
    let file = folder.join("iam/aws_managed_policies.py");
    file.is_file().then_some(file)
}

fn find() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("LEASTWISE_MOTO") {
        return Some(path.into());
    }
    let venv = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/moto_server");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let candidates = std::env::split_paths(&path).map(|folder| folder.join("moto_server"));
    std::iter::once(venv).chain(candidates).find(|candidate| candidate.is_file())
}
