"""What the kiosk says aloud: reading a screen, or a sentence, to the villager."""
