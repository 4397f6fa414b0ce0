"""What a villager does at the kiosk, step by step, without a screen: scan, fee, idle."""
