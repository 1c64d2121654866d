//! What a gateway prints.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::sync::{Notify, mpsc};

use crate::patience::in_time;

/// All that a gateway has printed so far, standard output and standard error.
#[derive(Clone, Debug, Default)]
pub struct Output(Arc<Printed>);

#[derive(Debug, Default)]
struct Printed {
    text: Mutex<String>,
    grown: Notify,
}

impl Output {
    /// The text.
    ///
    /// # Panics
    ///
    /// Never: no holder of its lock panics.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.text.lock().expect("no holder panics").clone()
    }

    /// Waits until these words are printed.
    ///
    /// # Panics
    ///
    /// If they never are.
    pub async fn until_said(&self, words: &str) {
        let said = async {
            loop {
                // Listened for before the text is looked at, so that nothing is missed in between.
                let mut grown = std::pin::pin!(self.0.grown.notified());
                grown.as_mut().enable();
                if self.text().contains(words) {
                    return;
                }
                grown.await;
            }
        };
        in_time(&format!("the gateway must print {words:?}"), said).await;
    }

    /// Keeps every line, and tells the address that the line "listening" names.
    pub(crate) async fn collect(
        self,
        stream: impl AsyncRead + Unpin,
        address: Option<mpsc::UnboundedSender<String>>,
    ) {
        // Whatever is printed is kept, also what is not Unicode and should not be there.
        let mut lines = BufReader::new(stream).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let line = String::from_utf8_lossy(&line).into_owned();
            self.push(&line);
            let event = serde_json::from_str::<Value>(&line).unwrap_or_default();
            if let (Some(sender), "listening") =
                (&address, event["message"].as_str().unwrap_or_default())
            {
                let _ = sender.send(event["address"].as_str().unwrap_or_default().to_owned());
            }
        }
    }

    fn push(&self, line: &str) {
        let mut text = self.0.text.lock().expect("no holder panics");
        text.push_str(line);
        text.push('\n');
        self.0.grown.notify_waiters();
    }
}
