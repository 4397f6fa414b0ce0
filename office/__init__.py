"""The commune office: console, broadcasts, signer, desk, fleet."""
