"""`langso courier`: what a person carries on a stick where there is no signal."""
