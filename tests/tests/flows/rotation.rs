//! The session token rotates, and a client that follows it goes on.

use ccmessaging_sandbox::{RotationPolicy, Sandbox};
use gateway_tests::Door;

use crate::{from_browser, managed_gateway};

#[tokio::test]
async fn a_client_that_follows_the_rotation_goes_on_and_one_that_does_not_is_refused() {
    for door in Door::ALL {
        let sandbox = Sandbox::builder()
            .rotate_session_token(RotationPolicy::every_call().refusing_the_old_token())
            .start()
            .await
            .expect("the sandbox starts");
        let gateway = managed_gateway(door, &sandbox, &[]).await;
        let first_token = sandbox.issue_session_token();
        let mut token = first_token.clone();
        for _ in 0..3 {
            let answer = gateway.send(&from_browser(&token)).await;
            assert_eq!(answer.json()["returnCode"], "0");
            let rotated = answer.header("ccmessaging-token").expect("a rotated token");
            assert_ne!(rotated, token);
            rotated.clone_into(&mut token);
        }
        assert_eq!(gateway.send(&from_browser(&first_token)).await.status, 401);
        assert_eq!(sandbox.uploads().len(), 3);
    }
}
