//! HTTP POST after Standard Webhooks 1.0.

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::Client;

use super::http::{Call, Http};
use super::words::Words;
use super::{Notifier, NotifyError, sign};
use crate::address::AddressPolicy;
use crate::model::{Alert, Delivery, WebhookTarget};

/// Posts alerts to a URL.
#[derive(Debug)]
pub(super) struct Webhook {
    config: WebhookTarget,
    http: Http,
    words: Words,
}

impl Webhook {
    pub(super) fn new(
        config: &WebhookTarget,
        words: Words,
        client: Client,
        policy: AddressPolicy,
    ) -> Result<Self, String> {
        sign(&config.keys, "", 0, "").map_err(|error| error.to_string())?;
        Ok(Self { config: config.clone(), http: Http::new(client, policy), words })
    }

    fn call(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<Call, NotifyError> {
        let (id, timestamp) = (delivery.id.to_string(), now.as_second());
        let mut call = Call::webhook(&self.config.url, self.words.payload(alert, now));
        let signature = sign(&self.config.keys, &id, timestamp, &call.body).map_err(NotifyError::permanent)?;
        call.headers = vec![("webhook-id", id), ("webhook-timestamp", timestamp.to_string())];
        if !signature.is_empty() {
            call.headers.push(("webhook-signature", signature));
        }
        Ok(call)
    }
}

#[async_trait]
impl Notifier for Webhook {
    async fn notify(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<(), NotifyError> {
        let call = self.call(delivery, alert, now)?;
        self.http.call(call, false).await?.judge(now)
    }

    fn preview(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<String, NotifyError> {
        Ok(self.call(delivery, alert, now)?.shown())
    }
}
