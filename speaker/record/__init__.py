"""What was heard, kept: journal, plays, receipts."""
