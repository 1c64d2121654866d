//! Measures the time from exec to the first HTTPS answer: `cold-start BOOTSTRAP BARE FOLDER RUNS`.
//!
//! The folder holds `ca.pem`, `server.pem`, `server.key`, `body.json` and `event.json`. In each run
//! the bare client, the gateway under a Lambda runtime API and the gateway as a server start one
//! after another, so that a slow moment of the machine affects all three.

mod http;
mod upstream;

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const UPLOAD_PATH: &str = "/apiaccess/ccmessaging/uploadFileStream";
const CREDENTIALS: &str = "ccmessaging-token: placeholder\r\nx-app-key: placeholder\r\n\
                           authorization: Bearer placeholder";
const LONGEST_START: Duration = Duration::from_secs(10);

type Measured = Result<Duration, Box<dyn Error>>;

struct Bench {
    bootstrap: PathBuf,
    bare: PathBuf,
    folder: PathBuf,
    upstream: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bootstrap, bare, folder, runs] = arguments.as_slice() else {
        return Err("usage: cold-start BOOTSTRAP BARE FOLDER RUNS".into());
    };
    let folder = PathBuf::from(folder);
    let bench = Bench {
        bootstrap: bootstrap.into(),
        bare: bare.into(),
        upstream: upstream::start(&folder)?,
        folder,
    };
    let mut times: [Vec<Duration>; 3] = Default::default();
    for run in 0..=runs.parse::<usize>()? {
        let measured = [bench.bare()?, bench.lambda()?, bench.server()?];
        // The first run loads the files into the page cache.
        if run > 0 {
            for (times, time) in times.iter_mut().zip(measured) {
                times.push(time);
            }
        }
    }
    report(&mut times);
    Ok(())
}

fn report(times: &mut [Vec<Duration>; 3]) {
    for times in &mut *times {
        times.sort_unstable();
    }
    // On a machine with other work the fastest runs are the undisturbed ones.
    let fastest = times.each_ref().map(|times| times[0]);
    let medians = times.each_ref().map(|times| times[times.len() / 2]);
    println!(
        "{:<18}{:>10}{:>8}{:>12}{:>8}",
        "", "fastest", "ratio", "median", "ratio"
    );
    for (index, name) in ["bare client", "gateway, Lambda", "gateway, server"]
        .iter()
        .enumerate()
    {
        println!(
            "{name:<18}{:>7.2} ms{:>8.2}{:>9.2} ms{:>8.2}",
            milliseconds(fastest[index]),
            fastest[index].as_secs_f64() / fastest[0].as_secs_f64(),
            milliseconds(medians[index]),
            medians[index].as_secs_f64() / medians[0].as_secs_f64(),
        );
    }
}

/// Of a function's environment: each name is compared with the settings'.
const ENVIRONMENT: [&str; 18] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "LANG",
    "LD_LIBRARY_PATH",
    "PATH",
    "SHLVL",
    "TZ",
];

impl Bench {
    fn bare(&self) -> Measured {
        let started = Instant::now();
        let mut child = Command::new(&self.bare)
            .arg(format!("{}{UPLOAD_PATH}", self.upstream))
            .args([self.folder.join("ca.pem"), self.folder.join("body.json")])
            .env_clear()
            .stdout(Stdio::piped())
            .spawn()?;
        let mut answer = String::new();
        let stdout = child.stdout.take().ok_or("no standard output")?;
        BufReader::new(stdout).read_line(&mut answer)?;
        let time = started.elapsed();
        child.wait()?;
        if answer.trim() == "200" {
            Ok(time)
        } else {
            Err(format!("bare: {answer}").into())
        }
    }

    /// From exec to the answer that the Lambda runtime API receives.
    fn lambda(&self) -> Measured {
        let event = std::fs::read(self.folder.join("event.json"))?;
        let api = TcpListener::bind("127.0.0.1:0")?;
        let started = Instant::now();
        let mut child = self.gateway(&[
            ("AWS_LAMBDA_RUNTIME_API", &api.local_addr()?.to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", "cold-start"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "cold-start"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "cold-start"),
        ])?;
        let answer = loop {
            let mut stream = accept(&api)?;
            if let Some(answer) = invoke(&mut stream, &event)? {
                break answer;
            }
        };
        let time = started.elapsed();
        stop(&mut child)?;
        if answer
            .windows(16)
            .any(|part| part == br#""statusCode":200"#.as_slice())
        {
            Ok(time)
        } else {
            Err(format!("Lambda: {}", String::from_utf8_lossy(&answer)).into())
        }
    }

    /// From exec to the answer that a client of the server receives.
    fn server(&self) -> Measured {
        let body = std::fs::read(self.folder.join("body.json"))?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let started = Instant::now();
        let mut child = self.gateway(&[("LISTEN_ADDRESS", &address.to_string())])?;
        let mut stream = BufReader::new(connect(address, started)?);
        let head = format!(
            "POST {UPLOAD_PATH} HTTP/1.1\r\nHost: localhost\r\n{CREDENTIALS}\r\n\
             Content-Type: application/json"
        );
        http::write(stream.get_mut(), &head, &body)?;
        let answer = http::read(&mut stream)?.ok_or("server: no answer")?;
        let time = started.elapsed();
        stop(&mut child)?;
        if answer.first_line.contains("200") {
            Ok(time)
        } else {
            Err(answer.first_line.into())
        }
    }

    fn gateway(&self, variables: &[(&str, &str)]) -> Result<Child, Box<dyn Error>> {
        let child = Command::new(&self.bootstrap)
            .env_clear()
            .envs(ENVIRONMENT.map(|name| (name, "-")))
            .env("UPSTREAM_BASE_URL", &self.upstream)
            .env("UPSTREAM_CA_FILE", self.folder.join("ca.pem"))
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(child)
    }
}

/// Answers the requests of one connection of a Lambda runtime, up to the invocation's answer.
fn invoke(
    stream: &mut BufReader<TcpStream>,
    event: &[u8],
) -> Result<Option<Vec<u8>>, Box<dyn Error>> {
    while let Some(request) = http::read(stream)? {
        if request.first_line.starts_with("POST") {
            http::write(stream.get_mut(), "HTTP/1.1 202 Accepted", b"{}")?;
            return Ok(Some(request.body));
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
                    Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
                    Lambda-Runtime-Deadline-Ms: 4102444800000\r\n\
                    Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:123456789012:function:cold-start";
        http::write(stream.get_mut(), head, event)?;
    }
    Ok(None)
}

fn accept(listener: &TcpListener) -> Result<BufReader<TcpStream>, Box<dyn Error>> {
    let (stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(LONGEST_START))?;
    Ok(BufReader::new(stream))
}

/// Tries again and again, without a pause: a pause would be measured.
fn connect(address: SocketAddr, started: Instant) -> Result<TcpStream, Box<dyn Error>> {
    loop {
        match TcpStream::connect(address) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(LONGEST_START))?;
                return Ok(stream);
            }
            Err(error) if started.elapsed() > LONGEST_START => return Err(error.into()),
            Err(_) => std::thread::yield_now(),
        }
    }
}

fn stop(child: &mut Child) -> std::io::Result<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
