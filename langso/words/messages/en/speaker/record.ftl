record-journal-damaged = The record of receipts is damaged at line { $number }; send the memory card to the commune to be looked at.
