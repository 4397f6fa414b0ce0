"""How quick this very machine is: `langso bench here`, with nothing but what is installed."""
