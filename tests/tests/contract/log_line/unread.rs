//! A standard output that is not read, such as the pipe of a log collector that hangs.

use std::process::Stdio;

use gateway_tests::{Process, Request, http_client, in_time, json_lines};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{ChildStdout, Command};

use crate::PROGRAM;

/// Reads up to the line with this message; returns its address.
async fn address(output: &mut Lines<BufReader<ChildStdout>>, message: &str) -> String {
    loop {
        let line = in_time("a line", output.next_line()).await;
        let line = line.expect("UTF-8").expect("a running gateway");
        let line = json_lines(&line).next().expect("JSON");
        if line["message"] == message {
            return line["address"].as_str().expect("an address").to_owned();
        }
    }
}

#[tokio::test]
async fn a_standard_output_that_is_not_read_blocks_neither_uploads_nor_the_stop() {
    let mut gateway = Command::new(PROGRAM)
        .env_clear()
        .env("UPSTREAM_BASE_URL", "http://127.0.0.1:9")
        .env("LISTEN_ADDRESS", "127.0.0.1:0")
        .env("METRICS_ADDRESS", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the gateway must start");
    let output = gateway.stdout.take().expect("piped");
    let mut output = BufReader::new(output).lines();
    let metrics = address(&mut output, "serving metrics").await;
    let uploads = address(&mut output, "listening").await;

    // From here on, the output is not read. The pipe fills, then the queue.
    let client = http_client();
    let refused = Request::png().method("PUT");
    let lost = async {
        loop {
            for _ in 0..100 {
                let answer = refused.send(&client, &uploads).await;
                answer.assert_refused(405, "3", &["only supports GET, POST"]);
            }
            let scrape = Request::bare("GET", "/metrics");
            let metrics = scrape.send(&client, &metrics).await.text;
            let name = "upload_file_stream_log_lines_lost_total ";
            let count = metrics.lines().find_map(|line| line.strip_prefix(name));
            if count.expect("a metric") != "0" {
                return;
            }
        }
    };
    in_time("lines must be lost", lost).await;

    Process::new(gateway.id().expect("a running process")).terminate();
    let ended = in_time("the gateway must end", gateway.wait()).await;
    assert_eq!(ended.expect("a process to wait for").code(), Some(0));
    drop(output);
}
