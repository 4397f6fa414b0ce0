"""A loudspeaker without an office: a plan from a file that its own key signed, taken as a courier's would be."""
