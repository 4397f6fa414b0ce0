"""This end of the serial link: the line, requests and answers, the board's state, its firmware's image."""
