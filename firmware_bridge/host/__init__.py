"""The computer's end of the serial link: the line, requests and answers, the board's state, the firmware's files."""
