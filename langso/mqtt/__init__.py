"""One MQTT v5 connection that stays: TLS, last will, subscriptions, jittered backoff; signed state reports on it."""
