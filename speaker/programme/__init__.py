"""What is to be heard and when, as pure rules: shows, policy, timeline."""
