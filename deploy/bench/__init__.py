"""How fast this machine is: `langso bench here`, using only what is installed."""
