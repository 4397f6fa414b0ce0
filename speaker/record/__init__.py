"""What happened, kept durably: the journal of receipts, the state of each show, receipts on their way."""
