//! A program under a Lambda runtime API, and what it uses.

use std::io::{self, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::{Result, http};

const LONGEST_ANSWER: Duration = Duration::from_secs(30);

/// Linux shows processor time in hundredths of a second, whatever its own clock (proc(5), time(7)).
const TICK: Duration = Duration::from_millis(10);

/// A running program; it is killed when dropped.
pub struct Program {
    child: Child,
    events: Sender<Vec<u8>>,
    answers: Receiver<http::Message>,
    /// The memory in use before the first invocation.
    idle_bytes: f64,
    /// The processor time used before the first invocation.
    start_cpu: Duration,
}

/// CPU time and memory of the invocations.
pub struct Usage {
    /// User and system time.
    pub cpu: Duration,
    /// Peak resident memory minus the resident memory before the first invocation.
    pub grown_bytes: f64,
}

impl Program {
    /// Starts a program and waits until it asks for its first invocation.
    pub fn start(path: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Result<Self> {
        let api = TcpListener::bind("127.0.0.1:0")?;
        let child = Command::new(path)
            .args(arguments)
            .env_clear()
            .envs([
                (
                    "AWS_LAMBDA_RUNTIME_API",
                    api.local_addr()?.to_string().as_str(),
                ),
                ("AWS_LAMBDA_FUNCTION_NAME", "large-event"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
                ("AWS_LAMBDA_LOG_GROUP_NAME", "large-event"),
                ("AWS_LAMBDA_LOG_STREAM_NAME", "large-event"),
            ])
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let (events, to_hand_out) = channel();
        let (answered, answers) = channel();
        let (asked, asks) = channel();
        thread::spawn(move || {
            for stream in api.incoming() {
                serve(stream?, &asked, &to_hand_out, &answered)?;
            }
            io::Result::Ok(())
        });
        let mut program = Self {
            child,
            events,
            answers,
            idle_bytes: 0.0,
            start_cpu: Duration::ZERO,
        };
        asks.recv_timeout(LONGEST_ANSWER)
            .map_err(|_| format!("{path} asks for no invocation"))?;
        program.idle_bytes = program.memory("VmRSS")?;
        program.start_cpu = program.cpu()?;
        Ok(program)
    }

    /// Invokes the program and waits for its answer, which must be a success.
    pub fn invoke(&mut self, event: &[u8]) -> Result<()> {
        self.events.send(event.to_vec())?;
        let answer = self.answers.recv_timeout(LONGEST_ANSWER)?;
        let text = String::from_utf8_lossy(&answer.body);
        if text.contains(r#""statusCode":200"#) && text.contains(r#"\"returnCode\":\"0\""#) {
            Ok(())
        } else {
            Err(format!("{}: {text}", answer.first_line).into())
        }
    }

    /// What all invocations took.
    pub fn usage(&self) -> Result<Usage> {
        Ok(Usage {
            cpu: self.cpu()?.saturating_sub(self.start_cpu),
            grown_bytes: self.memory("VmHWM")? - self.idle_bytes,
        })
    }

    fn cpu(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The program's name, in brackets, may hold spaces. After it, utime and stime are the 12th
        // and the 13th field (proc(5)).
        let (_, fields) = stat.rsplit_once(')').ok_or("an unknown form of stat")?;
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks = ticks
            .map(str::parse::<u32>)
            .sum::<std::result::Result<u32, _>>()?;
        Ok(TICK * ticks)
    }

    fn memory(&self, field: &str) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with(field));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(kilobytes.ok_or("no such field of status")?.parse::<f64>()? * 1024.0)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Answers the requests of one connection of a Lambda runtime.
fn serve(
    stream: TcpStream,
    asked: &Sender<()>,
    events: &Receiver<Vec<u8>>,
    answered: &Sender<http::Message>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(request) = http::read(&mut stream)? {
        if request.first_line.starts_with("POST") {
            http::write(stream.get_mut(), "HTTP/1.1 202 Accepted", b"{}")?;
            if answered.send(request).is_err() {
                break;
            }
            continue;
        }
        let _ = asked.send(());
        let Ok(event) = events.recv() else {
            break;
        };
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
                    Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
                    Lambda-Runtime-Deadline-Ms: 4102444800000\r\n\
                    Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:123456789012:function:large-event";
        http::write(stream.get_mut(), head, &event)?;
    }
    Ok(())
}
