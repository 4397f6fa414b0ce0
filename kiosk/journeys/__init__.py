"""What a villager does, step by step, without a screen: each journey decides which place is shown next."""
