//! Measures what a large event costs: `large-event BOOTSTRAP PLAIN EVENT_FILE INVOCATIONS`.
//!
//! The event file is an HTTP API event with an upload in JSON, whose file is enlarged. The gateway and
//! the plain program alternate, so that a slow moment of the machine affects both. Both forward to an
//! upstream in this process.

mod event;
#[path = "../../cold-start/src/http.rs"]
mod http;
mod program;
mod upstream;

use std::error::Error;

use program::{Program, Usage};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bootstrap, plain, event_file, invocations] = arguments.as_slice() else {
        return Err("usage: large-event BOOTSTRAP PLAIN EVENT_FILE INVOCATIONS".into());
    };
    let template = serde_json::from_slice(&std::fs::read(event_file)?)?;
    let invocations: u32 = invocations.parse()?;
    let upstream = upstream::start()?;
    let upload_url = format!("{upstream}/apiaccess/ccmessaging/uploadFileStream");
    for kind in event::KINDS {
        let (event, body_bytes) = kind.make(&template)?;
        let mut plain = Program::start(plain, &[&upload_url], &[])?;
        let settings = [("UPSTREAM_BASE_URL", upstream.as_str())];
        let mut gateway = Program::start(bootstrap, &[], &settings)?;
        for _ in 0..invocations {
            plain.invoke(&event)?;
            gateway.invoke(&event)?;
        }
        let body_bytes = f64::from(body_bytes);
        println!("{}, body of {:.2} MB:", kind.name(), body_bytes / 1e6);
        let plain = plain.usage()?;
        report("plain lambda_http", &plain, &plain, invocations, body_bytes);
        report(
            "gateway",
            &gateway.usage()?,
            &plain,
            invocations,
            body_bytes,
        );
    }
    Ok(())
}

fn report(name: &str, usage: &Usage, plain: &Usage, invocations: u32, body_bytes: f64) {
    println!(
        "  {name:<18}{:>8.2} ms CPU, ratio {:.2}; {:>5.1} MB more memory, {:.2} x body",
        usage.cpu.as_secs_f64() * 1000.0 / f64::from(invocations),
        usage.cpu.as_secs_f64() / plain.cpu.as_secs_f64(),
        usage.grown_bytes / 1e6,
        usage.grown_bytes / body_bytes,
    );
}
