//! Uploads files to a contact centre: `upload FILE...`
//!
//! The contact centre is that of `UPSTREAM_BASE_URL`, `APP_KEY`, `APP_SECRET` and `CHANNEL_ID`, or a
//! simulated one if these are not set.

use std::env;
use std::error::Error;
use std::path::Path;

use ccmessaging_client::{App, Client, ClientConfig, Session, SessionRequest};
use ccmessaging_core::{Policy, UploadRequest};
use ccmessaging_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().start().await?;
    let setting = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let base_url = setting("UPSTREAM_BASE_URL", &sandbox.base_url());
    let client = Client::new(&ClientConfig::new(base_url.parse()?))?;
    let app = App::new(
        &client,
        setting("APP_KEY", sandbox.app_key()),
        setting("APP_SECRET", sandbox.app_secret()),
    )?;
    let customer = SessionRequest::new(setting("CHANNEL_ID", "channel"), "42");
    let session = Session::builder(&client, app)
        .customer(customer)
        .open()
        .await?;
    for path in env::args_os().skip(1) {
        let path = Path::new(&path);
        let file_type = path.extension().unwrap_or_default().to_string_lossy();
        let upload = UploadRequest::from_file(std::fs::read(path)?, file_type.into_owned())
            .validate(&Policy::default())?;
        match session.upload(&upload.into_payload()).await {
            Ok(object_key) => println!("{}: stored as {object_key}", path.display()),
            Err(error) => println!("{}: {}", path.display(), error.causes()),
        }
    }
    Ok(())
}
