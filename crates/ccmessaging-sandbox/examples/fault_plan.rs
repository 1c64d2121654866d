//! Uploads a file several times under a fault plan and prints each response.
//!
//! ```sh
//! cargo run -p ccmessaging-sandbox --example fault_plan -- '[{"when": {"nth": 2}, "fault": "reset"}]'
//! ```

use std::error::Error;

use ccmessaging_sandbox::{Call, FaultPlan, Sandbox};

const UPLOADS: usize = 5;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let json = std::env::args().nth(1);
    let plan: FaultPlan = json.as_deref().unwrap_or("[]").parse()?;
    let sandbox = Sandbox::builder()
        .faults(plan)
        .observe(|exchange| println!("{exchange}"))
        .start()
        .await?;
    let client = reqwest::Client::builder().no_proxy().build()?;
    for _ in 0..UPLOADS {
        let upload = client
            .post(sandbox.url(Call::UploadFileStream))
            .header("x-app-key", sandbox.app_key())
            .bearer_auth(sandbox.issue_access_token())
            .header("ccmessaging-token", sandbox.issue_session_token())
            .body(r#"{"fileType":"txt","fileStream":"aGVsbG8=","channel":"WEB"}"#);
        let response = async { upload.send().await?.text().await };
        match response.await {
            Ok(text) => println!("  response: {text}"),
            Err(error) => println!("  error: {error}"),
        }
    }
    println!("stored: {} files", sandbox.uploads().len());
    Ok(())
}
