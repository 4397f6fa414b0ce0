"""What staff write and when it fits: broadcasts, their rules, their media."""
