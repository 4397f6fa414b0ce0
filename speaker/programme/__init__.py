"""What is to be heard and when: pure rules for shows, for what may play, and for what to do next."""
