//! Embeds the gateway in an axum application: the application's routes first, the gateway as the fallback.
//!
//!     UPSTREAM_BASE_URL=https://service.besclouds.com \
//!         cargo run -p ccmessaging-gateway --example own_application
//!
//! The gateway reads its settings from the environment, like the program `bootstrap`.

use std::error::Error;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use ccmessaging_gateway::{Config, Gateway, report_panics, router};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Optional: stops printing panic messages, which may quote a customer's file.
    report_panics();
    let config = Config::from_env()?;
    let gateway = Gateway::new(&config)?;
    // Optional: requests the first access token before the first upload needs it.
    gateway.credentials().prefetch();

    let application = Router::new()
        .route("/", get(|| async { "the chat" }))
        .fallback_service(router(Arc::new(gateway)));

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 3000)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // `axum::serve` neither limits connections nor times out slow clients: keep a reverse proxy in front of
    // it, or serve with `ccmessaging_gateway::server::Server`.
    axum::serve(listener, application).await?;
    Ok(())
}
