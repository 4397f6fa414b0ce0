record-journal-damaged = The record of receipts is damaged at line { $number }; send the memory card to the commune to be looked at.
record-reused = An id that was played stands for something else now, so it is not played: { $ids }
