"""When a broadcast is played again: rules of RFC 5545 and of the lunar calendar, their days and words. Pure."""
